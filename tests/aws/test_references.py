"""``--strict-references``: an environment whose roles, subnets, ... do not exist becomes INVALID."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import batchemu
from tests.api.answers import SERVICE_LINKED_ROLE
from tests.examples import EC2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchemu.emulator import Emulator

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/batch"
TRUST = '{"Version": "2012-10-17", "Statement": []}'
NO_ROLE = (
    r"CLIENT_ERROR - Not authorized to perform sts:AssumeRole \(Service: AWSSecurityTokenService; "
    r"Status Code: 403; Error Code: AccessDenied; Request ID: [0-9a-f-]{36}\)"
)
NO_FLEET_ROLE = (
    r"CLIENT_ERROR - Parameter: SpotFleetRequestConfig.IamFleetRole is invalid. \(Service: AmazonEC2; "
    r"Status Code: 400; Error Code: InvalidSpotFleetRequestConfig; Request ID: [0-9a-f-]{36}\) "
    r"Parameter: SpotFleetRequestConfig.IamFleetRole is invalid"
)
CLUSTER = f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/c"


class World:
    """The emulator, and what really exists beside it."""

    def __init__(self, emulator: Emulator, clients: dict[str, Any]) -> None:
        self.emulator = emulator
        self.clients = clients
        self.batch = self.clients["batch"]
        ec2 = self.clients["ec2"]
        (self.subnet, *_) = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]]
        (self.group, *_) = [each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"]]
        self.clients["iam"].create_instance_profile(InstanceProfileName="instances")

    @property
    def resources(self) -> dict[str, Any]:
        """Resources of an EC2 environment that all exist."""
        return {
            **EC2,
            "allocationStrategy": "BEST_FIT_PROGRESSIVE",
            "subnets": [self.subnet],
            "securityGroupIds": [self.group],
            "instanceRole": "instances",
        }

    def create(self, *, service_role: str | None = None, **resources: Any) -> tuple[str, str]:
        members = {"serviceRole": service_role} if service_role else {}
        self.batch.create_compute_environment(
            computeEnvironmentName="ce",
            type="MANAGED",
            computeResources={**self.resources, **resources},
            **members,
        )
        return self.status()

    def update(self, **members: Any) -> tuple[str, str]:
        self.batch.update_compute_environment(computeEnvironment="ce", **members)
        return self.status()

    def status(self) -> tuple[str, str]:
        (found,) = self.batch.describe_compute_environments(computeEnvironments=["ce"])["computeEnvironments"]
        return found["status"], found["statusReason"]

    def make_role(self, name: str = "batch") -> None:
        self.clients["iam"].create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)


HEALTHY = ("VALID", "ComputeEnvironment Healthy")


@pytest.fixture(scope="module")
def strict() -> Iterator[tuple[Emulator, dict[str, Any]]]:
    with batchemu.start(runtime="scripted", clock="manual", strict_references=True) as running:
        clients = {name: running.client(name) for name in ("batch", "ec2", "iam", "eks")}
        yield running, clients
        for client in clients.values():
            client.close()


@pytest.fixture
def world(strict: tuple[Emulator, dict[str, Any]]) -> World:
    emulator, clients = strict
    emulator.reset()
    return World(emulator, clients)


def test_an_environment_whose_resources_all_exist_is_valid(world: World) -> None:
    world.make_role()
    template = world.clients["ec2"].create_launch_template(
        LaunchTemplateName="lt", LaunchTemplateData={"EbsOptimized": True}
    )["LaunchTemplate"]
    override = {"launchTemplateId": template["LaunchTemplateId"], "targetInstanceTypes": ["m6i.large"]}
    profile = f"arn:aws:iam::{ACCOUNT}:instance-profile/instances"
    made = world.create(
        service_role=ROLE,
        type="SPOT",
        allocationStrategy="SPOT_CAPACITY_OPTIMIZED",
        spotIamFleetRole="batch",
        instanceRole=profile,
        launchTemplate={"launchTemplateName": "lt", "overrides": [override]},
    )
    assert made == HEALTHY


def test_the_service_linked_role_is_taken_to_exist(world: World) -> None:
    assert world.create(service_role=SERVICE_LINKED_ROLE) == HEALTHY


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        ({"spotIamFleetRole": "nobody", "type": "SPOT", "allocationStrategy": "BEST_FIT"}, NO_FLEET_ROLE),
        ({"instanceRole": "nobody"}, "CLIENT_ERROR - Instance profile nobody does not exist"),
        (
            {"launchTemplate": {"launchTemplateName": "nobody"}},
            "CLIENT_ERROR - The specified launch template, nobody, does not exist",
        ),
        ({"subnets": ["subnet-0"]}, "CLIENT_ERROR - The subnet ID 'subnet-0' does not exist"),
        ({"securityGroupIds": ["sg-0"]}, "CLIENT_ERROR - The security group 'sg-0' does not exist"),
    ],
)
def test_what_does_not_exist_makes_an_environment_invalid(
    world: World, resources: dict[str, Any], reason: str
) -> None:
    status, told = world.create(**resources)
    assert status == "INVALID"
    assert re.fullmatch(reason, told)


def test_an_environment_without_its_service_role_is_repaired_by_the_role(world: World) -> None:
    status, told = world.create(service_role=ROLE)
    assert status == "INVALID"
    assert re.fullmatch(NO_ROLE, told)
    world.make_role()
    assert world.update(state="ENABLED") == HEALTHY


def test_an_update_repairs_the_wrong_parameter(world: World) -> None:
    assert world.create(subnets=["subnet-0"])[0] == "INVALID"
    assert world.update(state="DISABLED")[0] == "INVALID"
    assert world.update(computeResources={"subnets": [world.subnet]}) == HEALTHY


def test_an_update_can_make_an_environment_invalid(world: World) -> None:
    assert world.create() == HEALTHY
    assert world.update(computeResources={"securityGroupIds": ["sg-0"]})[0] == "INVALID"


def test_an_invalid_environment_is_deleted(world: World) -> None:
    world.create(subnets=["subnet-0"])
    world.update(state="DISABLED")
    world.batch.delete_compute_environment(computeEnvironment="ce")
    assert not world.batch.describe_compute_environments()["computeEnvironments"]


def test_without_its_service_role_an_environment_cannot_be_deleted(world: World) -> None:
    """https://github.com/hashicorp/terraform-provider-aws/issues/11699"""
    world.make_role()
    world.create(service_role=ROLE)
    world.update(state="DISABLED")
    world.clients["iam"].delete_role(RoleName="batch")
    world.batch.delete_compute_environment(computeEnvironment="ce")
    status, told = world.status()
    assert status == "INVALID"
    assert re.fullmatch(NO_ROLE, told)
    world.make_role()
    world.batch.delete_compute_environment(computeEnvironment="ce")
    assert not world.batch.describe_compute_environments()["computeEnvironments"]


def test_an_unmanaged_environment_needs_its_service_role_only(world: World) -> None:
    members = {"computeEnvironmentName": "ce", "type": "UNMANAGED", "serviceRole": "path/batch"}
    world.batch.create_compute_environment(**members, computeResources={"type": "EC2", "maxvCpus": 1})
    assert world.status()[0] == "INVALID"
    world.make_role()
    assert world.update(state="ENABLED") == HEALTHY


def test_a_cluster_on_amazon_eks_must_exist(world: World) -> None:
    world.batch.create_compute_environment(
        computeEnvironmentName="ce",
        type="MANAGED",
        computeResources=world.resources,
        eksConfiguration={"eksClusterArn": CLUSTER, "kubernetesNamespace": "batch"},
    )
    assert world.status() == ("INVALID", "CLIENT_ERROR - No cluster found for name: c")
    vpc = {"subnetIds": [world.subnet]}
    world.clients["eks"].create_cluster(name="c", roleArn=ROLE, resourcesVpcConfig=vpc)
    assert world.update(state="ENABLED") == HEALTHY


def test_managed_instances_need_roles_subnets_and_groups(world: World) -> None:
    network = {"subnets": [world.subnet], "securityGroups": ["sg-0"]}
    provider = {
        "infrastructureRoleArn": ROLE,
        "instanceLaunchTemplate": {
            "ec2InstanceProfileArn": f"arn:aws:iam::{ACCOUNT}:instance-profile/instances",
            "networkConfiguration": network,
        },
    }
    resources = {"type": "ECS_MANAGED_INSTANCES", "maxvCpus": 4, "managedInstancesProvider": provider}
    world.batch.create_compute_environment(
        computeEnvironmentName="ce", type="MANAGED", computeResources=resources
    )
    assert re.fullmatch(NO_ROLE, world.status()[1])
    world.make_role()
    assert world.update(state="ENABLED")[1] == "CLIENT_ERROR - The security group 'sg-0' does not exist"
    right = {"networkConfiguration": {**network, "securityGroups": [world.group]}}
    change = {"managedInstancesProvider": {"instanceLaunchTemplate": right}}
    assert world.update(computeResources=change) == HEALTHY


def test_another_account_has_resources_of_its_own(world: World) -> None:
    assert world.create() == HEALTHY
    other = world.emulator.client("batch", account="210987654321")
    other.create_compute_environment(
        computeEnvironmentName="ce", type="MANAGED", computeResources=world.resources
    )
    (found,) = other.describe_compute_environments()["computeEnvironments"]
    assert found["status"] == "INVALID"
    other.close()
