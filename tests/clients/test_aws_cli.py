"""The aws command: every example of its own documentation of AWS Batch, as it is written there.

Source of all of them: https://github.com/aws/aws-cli/tree/develop/awscli/examples/batch.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import batchemu
from batchemu import Plan
from tests.clients.rst import FOLDER, Example, examples
from tests.e2e.conftest import ENVIRONMENT
from tests.evidence import aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from batchemu.emulator import Emulator

ACCOUNT = "012345678910"
"""The account of the examples; as an access key id it selects that account."""
EXAMPLES = {example.name: example for example in examples()}
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

OUTDATED = {
    "describe-job-definitions.jobDefinitions[].containerProperties.parameters": (
        "parameters is a member of the definition; ContainerProperties of the model has none"
    ),
    "describe-job-definitions.jobDefinitions[].containerProperties.environment": (
        "environment is a list: ContainerProperties.environment of the model"
    ),
}
"""Where an example shows what AWS no longer answers."""

C4 = EXAMPLES["create-compute-environment: To create a managed compute environment with On-Demand instances"]
M4 = EXAMPLES["create-compute-environment: To create a managed compute environment with Spot Instances"]
SLEEP = {"image": "busybox", "vcpus": 1, "memory": 128, "command": ["sleep", "60"]}


class World:
    """What the examples take for granted, made by boto3 in the account of the examples."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.batch = emulator.client(account=ACCOUNT)
        self.job_id: str | None = None

    def c4(self) -> None:
        self.batch.create_compute_environment(**C4.given)
        self.settle()

    def m4(self) -> None:
        self.batch.create_compute_environment(**M4.given)
        self.settle()

    def p2(self) -> None:
        resources = {
            **C4.given["computeResources"],
            "instanceTypes": ["p2"],
            "tags": {"Name": "Batch Instance - P2OnDemand"},
        }
        self.batch.create_compute_environment(
            **{**C4.given, "computeEnvironmentName": "P2OnDemand", "computeResources": resources}
        )
        self.settle()

    def p2_disabled(self) -> None:
        self.p2()
        self.batch.update_compute_environment(computeEnvironment="P2OnDemand", state="DISABLED")
        self.settle()

    def both(self) -> None:
        self.c4()
        self.m4()

    def high_priority(self) -> None:
        self._queue("HighPriority", "c4")

    def gpgpu(self) -> None:
        self._queue("GPGPU", "p2")

    def gpgpu_disabled(self) -> None:
        self.gpgpu()
        self.batch.update_job_queue(jobQueue="GPGPU", state="DISABLED")
        self.settle()

    def _queue(self, name: str, environment: str) -> None:
        getattr(self, environment)()
        (found,) = self.batch.describe_compute_environments()["computeEnvironments"]
        order = [{"order": 1, "computeEnvironment": found["computeEnvironmentArn"]}]
        self.batch.create_job_queue(jobQueueName=name, priority=1, computeEnvironmentOrder=order)
        self.settle()

    def sleep10(self) -> None:
        self._definition("sleep10")

    def sleep60(self) -> None:
        self._definition("sleep60")

    def _definition(self, name: str) -> None:
        self.batch.register_job_definition(
            jobDefinitionName=name, type="container", containerProperties=SLEEP
        )

    def ready(self) -> None:
        self.high_priority()
        self.sleep60()

    def submitted(self) -> None:
        self.ready()
        self.emulator.plans.add(Plan(duration_s=60))
        made = self.batch.submit_job(jobName="example", jobQueue="HighPriority", jobDefinition="sleep60")
        self.job_id = made["jobId"]

    def running(self) -> None:
        self.submitted()
        self.settle()

    def settle(self) -> None:
        self.emulator.clock.advance(30)


NEEDS = {
    "cancel-job": World.submitted,
    "create-job-queue": World.both,
    "delete-compute-environment": World.p2_disabled,
    "delete-job-queue": World.gpgpu_disabled,
    "deregister-job-definition": World.sleep10,
    "describe-compute-environments": World.p2,
    "describe-job-definitions": World.sleep60,
    "describe-job-queues": World.high_priority,
    "describe-jobs": World.submitted,
    "list-jobs: To list running jobs": World.running,
    "list-jobs: To list submitted jobs": World.submitted,
    "submit-job": World.ready,
    "terminate-job": World.running,
    "update-compute-environment": World.p2,
    "update-job-queue": World.gpgpu,
}
"""What has to exist before a command, or one example of it, is run."""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """With AWS's delays, so that a job is seen in SUBMITTED, as the examples show it."""
    with batchemu.start(runtime="scripted", clock="manual", delays="aws", aws="none") as running:
        yield running


@pytest.fixture
def world(emulator: Emulator) -> Iterator[World]:
    made = World(emulator)
    yield made
    made.batch.close()
    emulator.reset()


def run(url: str, *words: str) -> str:
    """What the command prints; its error text when it fails is in the assertion."""
    done = subprocess.run(
        [sys.executable, "-m", "awscli", *words],
        env={**os.environ, **ENVIRONMENT, "AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_ENDPOINT_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def masked(text: str) -> str:
    return re.sub(UUID, "<uuid>", text)


def differences(shown: Any, answered: Any, place: str) -> Iterator[str]:
    """Where an answer lacks what an example shows, or has something else there.

    Members that the example does not show may be there: AWS has added many since.
    """
    if isinstance(shown, dict) and isinstance(answered, dict):
        for name, value in shown.items():
            if name in answered:
                yield from differences(value, answered[name], f"{place}.{name}")
            else:
                yield f"{place}.{name}"
    elif isinstance(shown, list) and isinstance(answered, list) and len(shown) == len(answered):
        for one, other in zip(shown, answered, strict=True):
            yield from differences(one, other, f"{place}[]")
    elif isinstance(shown, str) and isinstance(answered, str):
        if masked(shown) != masked(answered):
            yield place
    elif type(shown) is not type(answered) or (shown != answered and not place.endswith("At")):
        yield place


@aws.documented("https://github.com/aws/aws-cli/tree/develop/awscli/examples/batch")
@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_an_example_of_the_documentation(world: World, example: Example, tmp_path: Path) -> None:
    """The answer has what the example shows; only ids and times differ."""
    operation = example.file.removesuffix(".rst")
    prepare = NEEDS.get(example.name, NEEDS.get(operation))
    if prepare is not None:
        prepare(world)
    words = [re.sub(f"^{UUID}$", world.job_id or "", word) for word in example.command(tmp_path)]

    printed = run(world.emulator.url, *words)

    if example.shown is None:
        assert printed == ""
        return
    found = set(differences(example.shown, json.loads(printed), operation))
    assert found == {place for place in OUTDATED if place.startswith(f"{operation}.")}


def test_every_example_of_the_documentation_is_run() -> None:
    commands = sum(path.read_text().count("aws batch ") for path in FOLDER.glob("*.rst"))
    assert len(EXAMPLES) == commands > 0
    assert {example.file for example in EXAMPLES.values()} == {path.name for path in FOLDER.glob("*.rst")}
    for example in EXAMPLES.values():
        assert example.words[:2] == ["batch", example.file.removesuffix(".rst")]
