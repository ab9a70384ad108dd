"""The model of AWS Batch as the installed botocore ships it: the only source of shapes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE = "batch"

# Where a member of an input travels when it is not in the JSON body:
# https://smithy.io/2.0/spec/http-bindings.html
URI = "uri"
QUERY = "querystring"


class UnsupportedShape(Exception):
    """A trait of the model that this folder does not handle: a newer botocore needs new code here."""


@cache
def service_model() -> ServiceModel:
    """Load the newest version of the model from botocore's own files, once.

    Neither ``~/.aws/models`` nor ``Loader.load_service_model`` is used: the first would let the
    user's machine change the API, the second lists the folders of every AWS service.
    """
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    version = loader.determine_latest_version(SERVICE, "service-2")
    return ServiceModel(loader.load_data(f"{SERVICE}/{version}/service-2"), SERVICE)


@cache
def operation_names() -> frozenset[str]:
    """Name every operation of the model."""
    return frozenset(service_model().operation_names)


@cache
def operation_model(name: str) -> OperationModel:
    """Give the operation's model; ``KeyError`` for a name that the model lacks."""
    if name not in operation_names():
        raise KeyError(name)
    return service_model().operation_model(name)


def http_trait(name: str) -> tuple[str, str]:
    """Give the operation's HTTP method and its path template, such as ``/v1/tags/{resourceArn}``."""
    http = operation_model(name).http
    return http["method"], http["requestUri"]


def input_members(name: str) -> Mapping[str, Shape]:
    """Give the members of the operation's input; empty where it takes none."""
    shape = operation_model(name).input_shape
    return shape.members if shape is not None else {}


def location(shape: Shape) -> tuple[str | None, str | None]:
    """Tell where a member travels, ``URI``, ``QUERY`` or None for the body, and under which name."""
    return shape.serialization.get("location"), shape.serialization.get("name")
