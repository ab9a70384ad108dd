"""The few calls that we make of a Docker engine, and its failures as three kinds of exception.

The only module that imports the ``docker`` package.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import docker
import docker.errors
import requests.exceptions
import urllib3.exceptions

from batchemu.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docker.types import CancellableStream

    from batchemu.runtime.docker_options import CreateOptions

CALL_TIMEOUT_S = 240
"""The ECS agent waits four minutes for a container to be created ("Could not transition to created;
timed out after waiting 4m0s"), so we do: a real answer quoted in public code."""

_CONNECTIONS = 32
"""Kept in the client's pool: our own ten threads and the HTTP threads that refresh logs."""

_NOT_FOUND = 404
_CONFLICT = 409


class Refused(Exception):
    """The engine answered no, in its own words."""

    def __init__(self, status: int | None, words: str) -> None:
        super().__init__(f"{status}: {words}")
        self.status = status
        self.words = words

    @property
    def not_found(self) -> bool:
        return self.status == _NOT_FOUND

    @property
    def conflict(self) -> bool:
        return self.status == _CONFLICT


class TimedOut(Exception):
    """The engine took the request and did not answer: whether it did the thing is unknown."""


class Away(Exception):
    """No engine at the other end, or the connection broke: whether it did the thing is unknown."""


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except docker.errors.APIError as error:
        words = error.explanation or str(error)
        raise Refused(error.status_code, words if isinstance(words, str) else words.decode()) from error
    except requests.exceptions.Timeout as error:
        raise TimedOut(str(error)) from error
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise Away(str(error)) from error
    except docker.errors.DockerException as error:
        raise Refused(None, str(error)) from error


def address() -> str:
    """Where the ``docker`` package looks for the engine."""
    return os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"


def no_engine() -> SettingsError:
    return SettingsError(
        f"No Docker engine answers at {address()}: start one (`sudo systemctl start docker`), "
        "set DOCKER_HOST, or run without containers: --runtime scripted."
    )


def connect() -> docker.DockerClient:
    """A client of the engine that ``DOCKER_HOST`` names, or of the local one.

    Raises SettingsError when none answers.
    """
    try:
        return docker.from_env(timeout=CALL_TIMEOUT_S, max_pool_size=_CONNECTIONS)
    except (docker.errors.DockerException, requests.exceptions.RequestException, OSError) as error:
        raise no_engine() from error


class Engine:
    """A Docker engine. Safe to call from any thread."""

    def __init__(self, client: docker.DockerClient | None = None) -> None:
        self._client = client if client is not None else connect()
        self._owned = client is None
        self._api = self._client.api
        self._described: str | None = None

    def close(self) -> None:
        """Close the connections of a client that we made; a caller's client stays open."""
        if self._owned:
            self._client.close()

    def describe(self) -> str:
        """``docker 20.10.24 at unix:///var/run/docker.sock``."""
        if self._described is None:
            try:
                with _translated():
                    version = self._api.version()
            except (Refused, TimedOut, Away):
                return f"no engine answers at {address()}"
            components = version.get("Components") or [{}]
            name = "podman" if "podman" in str(components[0].get("Name", "")).lower() else "docker"
            self._described = f"{name} {version['Version'].partition('+')[0]} at {address()}"
        return self._described

    def gateway(self) -> str | None:
        """The host's own address on the engine's default network: what ``host-gateway`` means."""
        with _translated():
            found = self._api.inspect_network("bridge").get("IPAM", {}).get("Config") or []
        return next((str(each["Gateway"]) for each in found if each.get("Gateway")), None)

    def time(self) -> int:
        """The engine's own clock, in whole seconds since the epoch: its ``since`` counts by it."""
        with _translated():
            response = self._api.get(f"{self._api.base_url}/_ping", timeout=self._api.timeout)
        date = response.headers.get("Date")
        return int(parsedate_to_datetime(date).timestamp()) if date else 0

    def events(self, label: str, kinds: Sequence[str], since: str) -> CancellableStream[dict[str, Any]]:
        """The stream of events of containers with ``label``. Reading it ends where the stream breaks."""
        with _translated():
            filters = {"type": ["container"], "event": list(kinds), "label": [label]}
            # The stubs know numbers only; the engine reads seconds with nanoseconds after the point.
            return self._api.events(since=since, filters=filters, decode=True)  # type: ignore[call-overload,no-any-return]

    def create(self, options: CreateOptions, name: str) -> str:
        """Create a container and return its id."""
        with _translated():
            host = self._api.create_host_config(**options.host)
            made = self._api.create_container(**options.config, host_config=host, name=name)
        return str(made["Id"])

    def start(self, container_id: str) -> None:
        with _translated():
            self._api.start(container_id)

    def state(self, container_id: str) -> Mapping[str, Any]:
        """``State`` of an inspected container."""
        with _translated():
            state: Mapping[str, Any] = self._api.inspect_container(container_id)["State"]
        return state

    def kill(self, container_id: str, signal: str) -> None:
        with _translated():
            self._api.kill(container_id, signal)

    def remove(self, container_id: str) -> None:
        """Remove a container and its anonymous volumes, running or not; one that is gone is no error."""
        try:
            with _translated():
                self._api.remove_container(container_id, v=True, force=True)
        except Refused as refused:
            if not (refused.not_found or refused.conflict):  # conflict: its removal is under way
                raise

    def labelled(self, label: str) -> list[dict[str, Any]]:
        """Every container, running or not, that has ``label`` (``key`` or ``key=value``)."""
        with _translated():
            found: list[dict[str, Any]] = self._api.containers(all=True, filters={"label": [label]})
        return found

    def logs(self, container_id: str, since: str | None) -> Iterator[bytes]:
        """Everything that the container has written since ``since``, as the engine's multiplexed bytes.

        Not through the SDK's ``logs``: that joins the frames, and with them goes the knowledge of
        which frame belongs to which stream and where a line over 16 KiB was cut.
        """
        api = self._api
        params = {"stdout": "1", "stderr": "1", "timestamps": "1"} | ({"since": since} if since else {})
        url = f"{api.base_url}/v{api.api_version}/containers/{container_id}/logs"
        with _translated(), api.get(url, params=params, stream=True, timeout=api.timeout) as response:
            if not response.ok:
                raise Refused(response.status_code, response.text)
            yield from response.iter_content(chunk_size=1 << 20)

    def pull(self, image: str) -> Iterator[None]:
        """Pull an image, one step for each line of the engine's progress.

        Without a tag it is ``latest``: the engine alone would pull every tag of the repository.
        """
        last = image.rsplit("/", 1)[-1]
        tag = None if ":" in last or "@" in last else "latest"
        with _translated():
            for line in self._api.pull(image, tag=tag, stream=True, decode=True):
                progress = line if isinstance(line, dict) else json.loads(line)
                if "error" in progress:
                    raise Refused(None, str(progress["error"]))
                yield
