"""Settings: flags win over ``BATCHEMU_*`` variables, which win over the defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from batchemu.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_PORT = 4580
RUNTIMES = ("docker", "scripted")
PLANNED_RUNTIMES = ("process", "swarm")
DELAYS = ("none", "aws")
QUOTAS = ("none", "aws")
LEAST_RETENTION, MOST_RETENTION = 0.01, 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What ``batchemu serve`` can be told: field ``x_y`` is flag ``--x-y`` and ``BATCHEMU_X_Y``."""

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    """0 takes a free port."""
    runtime: str = "docker"
    clock: str = "real"
    delays: str = "none"
    quotas: str = "none"
    """``aws``: an account with AWS's default quotas; ``none``: those that AWS raises are raised."""
    retention: float = 7.0
    """Days of emulated time that finished jobs stay describable."""
    aws: str = "embedded"
    """``embedded``: the other services of AWS are served on our port, by moto; ``none``: they are not."""
    strict_references: bool = False
    """Compute environments become INVALID when the roles, subnets, ... that they name do not exist."""
    data_dir: str = ""
    allowed_hosts: str = ""
    """Names, separated by commas, that a request's Host may carry besides our own address."""
    stop_grace: float = 30.0
    """Real seconds between SIGTERM and SIGKILL."""
    privileged_fallback: bool = False
    """Where the engine refuses privileged containers, start them without, with a warning."""
    inject_endpoint: bool = True
    """Containers are told where we are, and get credentials and a region (docs/container-environment.md)."""
    log_level: str = "info"

    @classmethod
    def load(cls, flags: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Settings:
        """``flags``: those that were given, by field. Raises SettingsError for what cannot be."""
        values: dict[str, Any] = {}
        env = os.environ if environ is None else environ
        for field in fields(cls):
            name = f"BATCHEMU_{field.name.upper()}"
            if flags.get(field.name) is not None:
                values[field.name] = flags[field.name]
            elif env.get(name):
                values[field.name] = _convert(name, env[name], field.default)
        unknown = set(flags) - {field.name for field in fields(cls)}
        if unknown:
            known = ", ".join(field.name for field in fields(cls))
            raise SettingsError(f"There is no setting {sorted(unknown)[0]!r}; there are {known}.")
        settings = cls(**values)
        settings.check()
        return settings

    def check(self) -> None:
        """Raise SettingsError, one sentence with what to do, for the first setting that cannot be."""
        if not 0 <= self.port <= 65_535:
            raise SettingsError(f"The port must be between 0 and 65535, not {self.port}.")
        if self.runtime in PLANNED_RUNTIMES:
            raise SettingsError(f"The runtime {self.runtime} does not exist yet: use docker or scripted.")
        if self.runtime not in RUNTIMES:
            raise SettingsError(f"The runtime can be {' or '.join(RUNTIMES)}, not {self.runtime!r}.")
        if self.delays not in DELAYS:
            raise SettingsError(f"The delays can be {' or '.join(DELAYS)}, not {self.delays!r}.")
        if self.quotas not in QUOTAS:
            raise SettingsError(f"The quotas can be {' or '.join(QUOTAS)}, not {self.quotas!r}.")
        if self.data_dir:
            raise SettingsError("State cannot be kept in a directory yet: leave out --data-dir.")
        self._check_aws()
        if not LEAST_RETENTION <= self.retention <= MOST_RETENTION:
            raise SettingsError(
                f"The retention must be between {LEAST_RETENTION} and {MOST_RETENTION} days, "
                f"not {self.retention:g}."
            )
        if not 0 <= self.stop_grace <= 86_400:
            raise SettingsError("The stop grace must be between 0 and 86400 seconds.")
        if self.log_level.lower() not in ("debug", "info", "warning", "error"):
            raise SettingsError(
                f"The log level can be debug, info, warning or error, not {self.log_level!r}."
            )

    def _check_aws(self) -> None:
        if self.aws.startswith(("http://", "https://")):
            raise SettingsError(
                "The other services cannot be another endpoint's yet: use --aws embedded or --aws none."
            )
        if self.aws not in ("embedded", "none"):
            raise SettingsError(f"The other services (--aws) can be embedded or none, not {self.aws!r}.")
        if self.strict_references and self.aws == "none":
            raise SettingsError(
                "References cannot be checked without the other services: use --aws embedded, or leave out "
                "--strict-references."
            )


def _convert(name: str, text: str, default: object) -> object:
    try:
        if isinstance(default, bool):
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                text.lower()
            ]
        if isinstance(default, int):
            return int(text)
        return float(text) if isinstance(default, float) else text
    except (KeyError, ValueError):
        kind = {bool: "true or false", int: "a whole number", float: "a number"}[type(default)]
        raise SettingsError(f"{name} must be {kind}, not {text!r}.") from None
