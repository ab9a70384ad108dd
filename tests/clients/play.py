"""Play a tour with boto3; what a tour's outcome is, for players in any language.

The outcome of a step: ``{"answer": members}``, with ``"ignored"`` where the server named members without
effect; ``{"pages": [items of each page]}``; or ``{"error": {...}}``.
"""

from __future__ import annotations

import contextlib
import json
import re
import urllib.request
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.clients.tour import Step

Outcome = dict[str, Any]
_REFERENCE = re.compile(r"\$\{([\w-]+)\.(\w+)\}")


def filled(value: Any, kept: dict[str, Any]) -> Any:
    """A copy with each ``${name.member}`` replaced by what was kept; what failed has left nothing."""

    def fill(found: re.Match[str]) -> str:
        return str(kept.get(found[1], {}).get(found[2], found[0]))

    return json.loads(_REFERENCE.sub(fill, json.dumps(value)))


def answered(answer: dict[str, Any]) -> Outcome:
    metadata = answer.pop("ResponseMetadata")
    assert metadata["HTTPStatusCode"] == 200
    ignored = metadata["HTTPHeaders"].get("x-batchemu-ignored")
    return {"answer": answer, **({"ignored": ignored} if ignored else {})}


def refused(error: ClientError, client: Any) -> Outcome:
    metadata = error.response["ResponseMetadata"]
    return {
        "error": {
            "name": error.response["Error"]["Code"],
            "message": error.response["Error"]["Message"],
            "status": metadata["HTTPStatusCode"],
            "isClientException": isinstance(error, client.exceptions.ClientException),
            "hasRequestId": bool(metadata["RequestId"]),
        }
    }


@contextlib.contextmanager
def with_unknown(client: Any, unknown: dict[str, Any]) -> Iterator[None]:
    """Have bodies carry members that the client's model lacks, as a newer client's would."""

    def add(params: dict[str, Any], **_: Any) -> None:
        params["body"] = json.dumps({**json.loads(params["body"]), **unknown}).encode()

    if unknown:
        client.meta.events.register("before-call.batch", add, unique_id="unknown")
    yield
    client.meta.events.unregister("before-call.batch", unique_id="unknown")


def control(url: str, method: str, path: str, body: Any) -> None:
    request = urllib.request.Request(f"{url}/_batchemu/{path}", json.dumps(body).encode(), method=method)
    urllib.request.urlopen(request, timeout=30).close()


def play(client: Any, url: str, steps: list[Step]) -> Iterator[Outcome]:
    """One outcome for each step that is not a word with batchemu itself."""
    kept: dict[str, Any] = {}
    for step in steps:
        if "control" in step:
            control(url, *step["control"])
            continue
        members = filled(step["with"], kept)
        try:
            if "pages" in step:
                paginator = client.get_paginator(xform_name(step["pages"]))
                found = paginator.paginate(**members, PaginationConfig={"PageSize": 1})
                yield {"pages": [page[step["key"]] for page in found]}
            else:
                yield _call(client, step, members, kept)
        except ClientError as error:
            yield refused(error, client)


def _call(client: Any, step: Step, members: Any, kept: dict[str, Any]) -> Outcome:
    with with_unknown(client, step.get("unknown", {})):
        outcome = answered(getattr(client, xform_name(step["call"]))(**members))
    if "as" in step:
        kept[step["as"]] = outcome["answer"]
    return outcome
