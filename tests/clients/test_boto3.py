"""boto3: a tour through every operation; what is answered has only members of the model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.paginate import PaginatorModel
from botocore.session import Session

from batchemu.wire.model import operation_model, operation_names
from tests.clients.play import play
from tests.clients.tour import TOURS

if TYPE_CHECKING:
    from batchemu.emulator import Emulator

STEPS = [step for steps in TOURS.values() for step in steps]


@pytest.mark.parametrize("steps", TOURS.values(), ids=TOURS.keys())
def test_a_tour_with_boto3(emulator: Emulator, steps: list[dict[str, Any]]) -> None:
    client = emulator.client()
    bodies: list[tuple[Any, Any]] = []

    def see(http_response: Any, parsed: dict[str, Any], **_: Any) -> None:
        members = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
        bodies.append((json.loads(http_response.content), members))

    client.meta.events.register("after-call.batch", see)
    asked = [step for step in steps if "control" not in step]
    for step, outcome in zip(asked, play(client, emulator.url, steps), strict=True):
        check(step, outcome)
    client.close()
    for raw, parsed in bodies:
        if "__type" not in raw:
            assert raw == parsed  # botocore leaves out what its model lacks


def check(step: dict[str, Any], outcome: dict[str, Any]) -> None:
    """Each step ends as the tour says; an answer has the members that the model requires."""
    if "fails" in step:
        error = outcome["error"]
        assert [error["name"], error["status"]] == step["fails"]
        assert error["isClientException"]
        assert error["hasRequestId"]
        assert error["message"]
        return
    assert "error" not in outcome, f"{step.get('call') or step.get('pages')}: {outcome['error']['message']}"
    if "call" in step:
        shape = operation_model(step["call"]).output_shape
        # startedAt is required, but a job that has not started has none
        required = set(shape.required_members if shape else ()) - {"startedAt"}
        assert required <= outcome["answer"].keys()
        if "unknown" in step:
            assert outcome["ignored"] == ", ".join(
                name for name, value in step["unknown"].items() if value is not None
            )
    else:
        assert outcome["pages"]
        assert all(len(items) == 1 for items in outcome["pages"])


def test_the_tour_calls_every_operation() -> None:
    assert {step["call"] for step in STEPS if "call" in step and "fails" not in step} | {
        step["pages"] for step in STEPS if "pages" in step
    } == operation_names()


def test_the_tour_turns_every_kind_of_page() -> None:
    loader = Session().get_component("data_loader")
    model = PaginatorModel(loader.load_service_model("batch", "paginators-1"))
    assert {step["pages"] for step in STEPS if "pages" in step} == set(model._paginator_config)
