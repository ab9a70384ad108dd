"""Which operations of the installed model have a handler: nothing is promised that is not there."""

from __future__ import annotations

from batchemu import api
from batchemu.wire.dispatch import registered
from batchemu.wire.model import operation_names

MAIN_JOB = {
    "CreateComputeEnvironment",
    "DescribeComputeEnvironments",
    "UpdateComputeEnvironment",
    "DeleteComputeEnvironment",
    "CreateJobQueue",
    "DescribeJobQueues",
    "UpdateJobQueue",
    "DeleteJobQueue",
    "RegisterJobDefinition",
    "DescribeJobDefinitions",
    "DeregisterJobDefinition",
    "SubmitJob",
    "DescribeJobs",
    "ListJobs",
    "CancelJob",
    "TerminateJob",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
}


def test_the_operations_of_the_main_job_have_handlers() -> None:
    assert api.__all__
    assert MAIN_JOB <= registered() <= operation_names()
    print(f"{len(registered())} of {len(operation_names())} operations have a handler")
