"""Play a tour (tests/clients/tour.py) with aiobotocore: JSON on standard input, outcomes on standard output.

Run by the interpreter that has aiobotocore. With ``{"url": ..., "burst": n}`` instead of steps, it submits
n jobs at once.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

from aiobotocore.session import get_session
from botocore import xform_name
from botocore.exceptions import ClientError

from tests.clients.play import answered, control, filled, refused, with_unknown

if TYPE_CHECKING:
    from tests.clients.tour import Step


async def main() -> None:
    given = json.load(sys.stdin)
    async with get_session().create_client(
        "batch",
        endpoint_url=given["url"],
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    ) as client:
        if "burst" in given:
            await burst(client, given["burst"])
        else:
            await play(client, given["url"], given["steps"])


async def burst(client: Any, count: int) -> None:
    """Submit ``count`` jobs at once; the answers in the order of the calls."""
    calls = [
        client.submit_job(jobName=f"job-{n}", jobQueue="queue", jobDefinition="definition")
        for n in range(count)
    ]
    for answer in await asyncio.gather(*calls):
        print(json.dumps(answered(answer)))


async def play(client: Any, url: str, steps: list[Step]) -> None:
    kept: dict[str, Any] = {}
    for step in steps:
        if "control" in step:
            control(url, *step["control"])
            continue
        try:
            outcome = await take(client, step, filled(step["with"], kept))
        except ClientError as error:
            outcome = refused(error, client)
        if "as" in step:
            kept[step["as"]] = outcome.get("answer", {})
        print(json.dumps(outcome))


async def take(client: Any, step: Step, members: Any) -> dict[str, Any]:
    if "pages" in step:
        paginator = client.get_paginator(xform_name(step["pages"]))
        pages = paginator.paginate(**members, PaginationConfig={"PageSize": 1})
        return {"pages": [page[step["key"]] async for page in pages]}
    with with_unknown(client, step.get("unknown", {})):
        return answered(await getattr(client, xform_name(step["call"]))(**members))


asyncio.run(main())
