"""The examples of the aws command, out of its own documentation: a command, its input, its output."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import awscli

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(awscli.__file__).parent / "examples" / "batch"
_TITLE = re.compile(r"^[ ]*\*\*(.+)\*\*$", re.MULTILINE)
_BLOCK = re.compile(
    r"^(?P<label>\S.*?)\s*::[ ]*\n\s*?\n(?P<text>(?:[ \t]+\S.*(?:\n|\Z)|[ \t]*\n)+)", re.MULTILINE
)
_INPUT_FILE = re.compile(r"file://\S+")


@dataclass
class Example:
    file: str
    title: str
    words: list[str] = field(default_factory=list)
    """The command as written, but without ``aws``."""
    given: Any = None
    """The JSON file that the command reads."""
    shown: Any = None
    """The answer."""

    @property
    def name(self) -> str:
        return f"{self.file.removesuffix('.rst')}: {self.title}"

    def command(self, folder: Path) -> list[str]:
        """The command with its input file in ``folder``."""
        if self.given is None:
            return self.words
        path = folder / "input.json"
        path.write_text(json.dumps(self.given))
        return [_INPUT_FILE.sub(path.as_uri(), word) for word in self.words]


def examples() -> list[Example]:
    return [each for path in sorted(FOLDER.glob("*.rst")) for each in _read(path)]


def _read(path: Path) -> Iterator[Example]:
    """Each title begins an example; a literal block is what the words before it, or its own, say."""
    _, *parts = _TITLE.split(path.read_text())
    for title, text in zip(parts[::2], parts[1::2], strict=True):
        example = Example(path.name, title)
        for label, block in _BLOCK.findall(text):
            content = dedent(block.expandtabs()).strip()
            if content.startswith("aws "):
                example.words = shlex.split(content.replace("\\\n", " "))[1:]
            elif label.startswith("JSON"):
                example.given = json.loads(content)
            elif label.startswith("Output"):
                example.shown = json.loads(content)
            else:
                raise ValueError(f"{example.name}: nobody knows what {label!r} is")
        yield example
