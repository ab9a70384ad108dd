"""Settings."""

from __future__ import annotations

from dataclasses import fields

import pytest

from batchemu.config import Settings
from batchemu.errors import SettingsError


def test_defaults() -> None:
    assert Settings.load({}, {}) == Settings()


def test_flags_win_over_variables_and_those_over_defaults() -> None:
    environ = {"BATCHEMU_PORT": "1", "BATCHEMU_CLOCK": "manual", "BATCHEMU_HOST": ""}
    found = Settings.load({"port": 2, "clock": None}, environ)
    assert (found.port, found.clock, found.host) == (2, "manual", "127.0.0.1")


def test_every_flag_has_its_variable() -> None:
    from batchemu.cli import serve

    assert {option.name for option in serve.params} == {field.name for field in fields(Settings)}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("stop_grace", "1.5", 1.5),
        ("privileged_fallback", "true", True),
        ("privileged_fallback", "0", False),
        ("allowed_hosts", "a,b", "a,b"),
    ],
)
def test_variables_are_read_by_their_kind(name: str, text: str, value: object) -> None:
    assert getattr(Settings.load({}, {f"BATCHEMU_{name.upper()}": text}), name) == value


@pytest.mark.parametrize(
    ("name", "text"), [("PORT", "x"), ("STOP_GRACE", "x"), ("PRIVILEGED_FALLBACK", "maybe")]
)
def test_what_cannot_be_read_is_refused(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"BATCHEMU_{name} must be"):
        Settings.load({}, {f"BATCHEMU_{name}": text})


def test_references_cannot_be_checked_without_the_other_services() -> None:
    assert Settings.load({"strict_references": True}, {}).strict_references
    with pytest.raises(SettingsError, match="References cannot be checked without the other services"):
        Settings.load({"strict_references": True, "aws": "none"}, {})
