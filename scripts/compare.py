"""Start batchemu and moto's own server, give both the same account, and run the conformance kit on them."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import servers
from conformance.cli import main

if TYPE_CHECKING:
    from benchmarks.servers import Server

REPORT = Path(__file__).parents[1] / "conformance"
NOTE = """\
Written by `make conformance`. batchemu runs with its scripted runtime, moto as its own server with Docker
switched off; both have the roles, subnets and security group that the requests name. moto is sent the members
that it insists on, and AWS does not."""
TRUST = '{"Version": "2012-10-17", "Statement": []}'
MOTO = {"patience_s": 2.0, "spell_out_defaults": True}
"""Nothing in moto takes time: what has not come by then never comes. It insists on
members that AWS fills in."""


def account(server: Server) -> dict[str, Any]:
    """Roles, subnets and a security group that exist there: moto looks for them."""
    iam, ec2 = server.client("iam"), server.client("ec2")
    roles = {
        member: iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        for member, name in (
            ("execution_role", "ecsTaskExecutionRole"),
            ("service_role", "AWSBatchServiceRole"),
            ("spot_fleet_role", "AmazonEC2SpotFleetRole"),
        )
    }
    profile = iam.create_instance_profile(InstanceProfileName="ecsInstanceRole")["InstanceProfile"]["Arn"]
    return {
        **roles,
        "instance_role": profile,
        "subnets": [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]][:2],
        "security_groups": [each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"]][:1],
    }


def settings(folder: str, name: str, members: dict[str, Any]) -> str:
    path = Path(folder, f"{name}.json")
    path.write_text(json.dumps(members), encoding="utf-8")
    return f"{name}={path}"


def run(arguments: list[str]) -> int:
    with (
        servers.batchemu("--runtime", "scripted", "--clock", "manual") as ours,
        servers.moto() as motos,
        tempfile.TemporaryDirectory(prefix="batchemu-conformance-") as folder,
    ):
        motos.post("/moto-api/config", {"batch": {"use_docker": False}})
        return main(
            [
                f"--endpoint=batchemu={ours.url}",
                f"--settings={settings(folder, 'batchemu', account(ours))}",
                f"--endpoint=moto={motos.url}",
                f"--settings={settings(folder, 'moto', {**account(motos), **MOTO})}",
                f"--report={REPORT}",
                f"--note={NOTE}",
                *arguments,
            ]
        )


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
