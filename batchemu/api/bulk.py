"""The bulk operations CancelJobs, TerminateJobs and TerminateServiceJobs: each job by itself.

Source: botocore's model, documentation of CancelJobs and CancelJobsErrorDetail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchemu import messages
from batchemu.core.jobs import check_reason
from batchemu.core.names import check_job_id
from batchemu.errors import ClientException

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_JOBS = 50


def each_job(params: Mapping[str, Any], end: Callable[[str], None]) -> dict[str, Any]:
    """Call ``end`` for every job of the request; an id that is malformed is an error of its own.

    Jobs that cannot be found are successful. What is wrong with the whole request is refused as such.
    """
    job_ids = list(dict.fromkeys(params["jobs"]))
    if len(params["jobs"]) > MAX_JOBS:
        raise messages.too_many_ids(MAX_JOBS)
    check_reason("the jobs", params["reason"])
    successful, errors = [], []
    for job_id in job_ids:
        try:
            check_job_id(job_id)
        except ClientException as error:
            errors.append({"job": job_id, "code": "ValidationException", "message": error.message})
            continue
        end(job_id)
        successful.append(job_id)
    return {"successful": successful, "errors": errors}
