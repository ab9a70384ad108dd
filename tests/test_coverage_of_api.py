"""``batchemu coverage``: nothing is promised that is not there, and what a newer model adds shows up."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore
from click.testing import CliRunner

from batchemu.api.without_effect import WITHOUT_EFFECT
from batchemu.cli import main
from batchemu.coverage import coverage
from batchemu.wire import known
from batchemu.wire.model import operation_names, service_model

MODEL = Path(botocore.__file__).parent / "data" / "batch" / "2016-08-10"
NEWER = """
import json, sys
from botocore.loaders import Loader
Loader.BUILTIN_DATA_PATH = sys.argv[1]
from werkzeug.test import Client
from batchemu.coverage import coverage
from batchemu.engine.clock import Clock
from batchemu.engine.engine import Engine
from batchemu.wsgi import create_batch_app

http = Client(create_batch_app(Engine(Clock.parse("manual")), lambda *_: None))

def post(path, **members):
    answer = http.post(f"/v1/{path}", json=members)
    return answer.status_code, answer.get_json(), answer.headers.get("x-batchemu-ignored")

rows = {row.operation: row for row in coverage()}
print(json.dumps({
    "new operation": post("foldjob", jobId="1"),
    "new member": post("createschedulingpolicy", name="p", mood="blue"),
    "new member within": post("createschedulingpolicy", name="q", fairsharePolicy={"mood": "blue"}),
    "answer": post("describeschedulingpolicies", arns=["any"]),
    "handled": [rows["FoldJob"].handled, rows["CreateSchedulingPolicy"].handled],
    "without effect": rows["CreateSchedulingPolicy"].without_effect,
    "never given": rows["DescribeSchedulingPolicies"].never_given,
}))
"""


def test_every_operation_of_the_model_is_handled() -> None:
    rows = coverage()
    assert {row.operation for row in rows} == operation_names()
    assert [row.operation for row in rows if not row.handled] == []


def test_what_has_no_effect_stands_in_the_input_of_its_operation() -> None:
    """Maps hold whatever they hold."""
    for operation, entries in WITHOUT_EFFECT.items():
        for entry in entries:
            shape: Any = service_model().operation_model(operation).input_shape
            for step in entry.path.split("."):
                while shape.type_name == "list":
                    shape = shape.member
                assert shape.type_name == "map" or step in shape.members, f"{operation}: {entry.path}"
                shape = shape.value if shape.type_name == "map" else shape.members[step]


def test_the_picture_is_that_of_the_installed_model_or_of_an_older_one() -> None:
    """Taken away is nothing: a member that the model has no more would never be seen again."""
    now = {shape: set(members) for shape, members in known.structures().items()}
    gone = {
        f"{shape}.{member}"
        for shape, members in known.known_members().items()
        for member in members
        if member not in now.get(shape, ())
    }
    assert gone == set()


def test_what_a_newer_botocore_adds_shows_up_and_breaks_nothing(tmp_path: Path) -> None:
    with gzip.open(MODEL / "service-2.json.gz") as file:
        model = json.load(file)
    shapes, operations = model["shapes"], model["operations"]
    operations["FoldJob"] = {
        **operations["TerminateJob"],
        "name": "FoldJob",
        "http": {"method": "POST", "requestUri": "/v1/foldjob"},
    }
    for shape in ("CreateSchedulingPolicyRequest", "FairsharePolicy", "SchedulingPolicyDetail"):
        shapes[shape]["members"]["mood"] = {"shape": "String"}
    folder = tmp_path / "batch" / "2016-08-10"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))

    ran = subprocess.run(
        [sys.executable, "-c", NEWER, str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    arn = "arn:aws:batch:us-east-1:123456789012:scheduling-policy"
    newer = "this batchemu is older than the installed botocore"
    status, answer, _ = seen["new operation"]
    assert (status, answer["message"]) == (501, "batchemu does not implement FoldJob yet")
    assert seen["new member"] == [200, {"name": "p", "arn": f"{arn}/p"}, "mood"]
    assert seen["new member within"] == [
        200,
        {"name": "q", "arn": f"{arn}/q"},
        "fairsharePolicy.mood",
    ]
    assert seen["answer"][0] == 200
    assert seen["handled"] == [False, True]
    assert {path for path, why in seen["without effect"].items() if why == newer} == {
        "mood",
        "fairsharePolicy.mood",
    }
    assert seen["never given"] == {
        "schedulingPolicies[].mood": newer,
        "schedulingPolicies[].fairsharePolicy.mood": newer,
    }


def test_the_command_prints_what_each_operation_lacks_and_why() -> None:
    ran = CliRunner().invoke(main, ["coverage", "CreateJobQueue", "CancelJob"])
    assert ran.exit_code == 0
    version = botocore.__version__
    assert ran.output.splitlines() == [
        f"AWS Batch as of botocore {version}: 2 of 2 operations handled.",
        "",
        "With every member of input and output:",
        "  CancelJob",
        "",
        "CreateJobQueue",
        "  input without effect: no service job is ever found to block its queue",
        "    jobStateTimeLimitActions",
        "  input without effect: of a fair-share policy, for a queue of service jobs: service jobs are "
        "placed",
        "  by priority and submission, whatever their share",
        "    schedulingPolicyArn",
    ]


def test_the_command_prints_json() -> None:
    ran = CliRunner().invoke(main, ["coverage", "--json"])
    answer = json.loads(ran.output)
    assert answer["botocore"] == botocore.__version__
    assert {each["operation"] for each in answer["operations"]} == operation_names()


def test_an_operation_that_is_none_is_refused_in_one_sentence() -> None:
    ran = CliRunner().invoke(main, ["coverage", "FoldJob"])
    assert (ran.exit_code, ran.output) == (1, "Error: AWS Batch has no operation FoldJob.\n")
