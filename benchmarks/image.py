"""The image of all container jobs: the one that ``make bench`` sees to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docker.errors import ImageNotFound

if TYPE_CHECKING:
    import docker

VARIABLE = "BATCHEMU_BENCH_IMAGE"
DEFAULT = "amazonlinux"


class NoImage(Exception):
    """There is nothing to run."""


def provide(client: docker.DockerClient) -> str:
    """The name of an image with ``true`` and ``sh`` on its PATH, present on the engine. Raises NoImage."""
    name = os.environ.get(VARIABLE, DEFAULT)
    try:
        client.images.get(name)
    except ImageNotFound:
        raise NoImage(
            f"The engine has no image {name}: run `make bench`, which sees to it, or name one in {VARIABLE}."
        ) from None
    return name
