"""Job definitions with nodeProperties: multi-node parallel jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import client_error, container_properties, ignored, inner, kind
from tests.api.conftest import ONE_VCPU
from tests.api.definitions import PREFLIGHT, TF, Case, Members, described, of_kind, register_kind
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

CONTAINER = {"image": "busybox", "resourceRequirements": ONE_VCPU}
ECS = {"taskProperties": [{"containers": [{"name": "main", **CONTAINER}]}]}
EKS_CONTAINER = {"image": "busybox", "resources": {"limits": {"cpu": "1", "memory": "512Mi"}}}
EKS = {"podProperties": {"containers": [EKS_CONTAINER]}}


def eks(**metadata: str) -> Members:
    return {"podProperties": {"containers": [EKS_CONTAINER], "metadata": metadata}}


def of(target_nodes: str = "0:", **payload: Any) -> Members:
    return {"targetNodes": target_nodes, **(payload or {"container": CONTAINER})}


def nodes(*ranges: Members, total: int = 2, main: int = 0) -> Members:
    return {"numNodes": total, "mainNode": main, "nodeRangeProperties": list(ranges or [of()])}


def register(batch: Batch, properties: Members, **members: Any) -> Members:
    return register_kind(batch, "nodeProperties", properties, type="multinode", **members)


# --- defaults


@aws.documented(f"{TF}/node_properties.go")
def test_each_range_gains_what_its_kind_gains(batch: Batch) -> None:
    lists: Members = {
        name: [] for name in ("command", "dependsOn", "environment", "mountPoints", "secrets", "ulimits")
    }
    task = {"containers": [{"name": "main", **CONTAINER, **lists, "essential": True}], "volumes": []}
    register(batch, nodes(of("0"), of("1:", ecsProperties=ECS, instanceTypes=["c5.large"])))
    expected = nodes(
        of("0", container=container_properties()),
        of("1:", ecsProperties={"taskProperties": [task]}, instanceTypes=["c5.large"]),
    )
    assert described(batch) == [of_kind("nodeProperties", expected, type="multinode")]


@aws.assumed("the nodes are pods: no answer of AWS was seen")
def test_nodes_on_eks_are_orchestrated_by_eks(batch: Batch) -> None:
    register(batch, nodes(of(eksProperties=EKS)))
    (found,) = described(batch)
    assert found["containerOrchestrationType"] == "EKS"


@pytest.mark.parametrize(
    "properties",
    [
        nodes(of(":")),
        nodes(of("0:1")),
        nodes(of(":1")),
        nodes(of("0"), of("1")),
        nodes(of("0:10"), of("4:5"), total=11),
        nodes(of("0:"), total=1000, main=999),
        nodes(of("0", eksProperties=eks(namespace="a")), of("1", eksProperties=eks(namespace="a"))),
        nodes(of(container={**CONTAINER, "instanceType": "c5.large"})),
    ],
)
@aws.documented("model: NodeProperties, NodeRangeProperty.targetNodes, NodeOverrides.numNodes")
def test_what_the_rules_allow_is_registered(batch: Batch, properties: Members) -> None:
    register(batch, properties)
    assert len(described(batch)) == 1


# --- what RegisterJobDefinition refuses

REFUSED: list[Case] = [
    (nodes(total=0), "Number of nodes must be between 1 and 1000."),
    (nodes(total=1001), "Number of nodes must be between 1 and 1000."),
    (nodes(main=2), "Main node index is out of range, must be less than numNodes."),
    (
        nodes(*(of(str(n)) for n in range(6)), total=6),
        "Maximum allowed size of node range properties is 5",
    ),
    (
        nodes(of("0:5"), total=5),
        "Node range error 0:5. Node range should be smaller than number of nodes",
    ),
    (nodes(of("2:")), "Node range error 2:. Node range should be smaller than number of nodes"),
    (nodes(of("0"), of("2:"), total=3), "Node Range Properties target nodes have missing ranges"),
    (
        {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": []},
        "Node Range Properties target nodes have missing ranges",
    ),
    (nodes(of("all")), "targetNodes should contain only digits."),
    (nodes(of("0-1")), "targetNodes should contain only digits."),
    (nodes({"targetNodes": "0:1"}), "Must specify container for node range 0:1."),
    (
        nodes(of(container=CONTAINER, ecsProperties=ECS)),
        "NodeRangeProperties can not use both ecsProperties and container fields",
    ),
    (
        nodes(of(container=CONTAINER, instanceTypes=["c5.large"])),
        "Using instanceTypes with nodeRangeProperty is only allowed for ecsProperties jobs.",
    ),
    (nodes(of(container={"image": "busybox"})), "vCPU is required."),
    (nodes(of(container={})), "ECS Container Image must be provided."),
    (
        nodes(of(container={**CONTAINER, "networkConfiguration": {"assignPublicIp": "ENABLED"}})),
        "networkConfiguration not applicable for EC2.",
    ),
    (
        nodes(of(ecsProperties={"taskProperties": [{"containers": []}]})),
        "Number of containers must be between 1 and 10",
    ),
    (nodes(of(eksProperties={})), "Containers must be provided for Batch on EKS jobs."),
    (
        nodes(
            of(
                container=CONTAINER,
                consumableResourceProperties={
                    "consumableResourceList": [{"consumableResource": "a", "quantity": 1}] * 2
                },
            )
        ),
        "Cannot have duplicate consumableResource in consumableResourceProperties",
    ),
]
ASSUMED: list[Members] = [
    nodes(main=-1),
    nodes(of("1:0"), of("0:1")),
    nodes(of("")),
    nodes(of("9999999999")),
    nodes(of(container=CONTAINER, eksProperties=EKS)),
    nodes(of(ecsProperties=ECS, instanceTypes=["a", "b"])),
    nodes(of("0"), of("1", eksProperties=EKS)),
    nodes(of("0", eksProperties=eks(namespace="a")), of("1", eksProperties=eks(namespace="b"))),
]


@pytest.mark.parametrize(("properties", "text"), REFUSED)
@aws.recorded(PREFLIGHT)
def test_nodes_that_cannot_be_are_refused(batch: Batch, refused: Any, properties: Members, text: str) -> None:
    assert inner(refused(lambda: register(batch, properties))) == client_error(text)
    assert described(batch) == []


@pytest.mark.parametrize("properties", ASSUMED)
@aws.assumed("the rules are botocore's model's, the sentences are not known")
def test_rules_without_a_known_sentence_hold(batch: Batch, refused: Any, properties: Members) -> None:
    assert kind(refused(lambda: register(batch, properties))) == ("ClientException", 400)
    assert described(batch) == []


@pytest.mark.parametrize(
    ("capability", "text"),
    [
        ("FARGATE", "Fargate does not support MNP jobs"),
        ("MANAGED_INSTANCES", "MANAGED_INSTANCES does not support MNP jobs"),
    ],
)
@aws.recorded(PREFLIGHT)
def test_nodes_are_ec2_instances(batch: Batch, refused: Any, capability: str, text: str) -> None:
    answer = refused(lambda: register(batch, nodes(), platformCapabilities=[capability]))
    assert inner(answer) == client_error(text)


@aws.recorded(PREFLIGHT)
def test_tags_cannot_be_propagated_on_eks(batch: Batch, refused: Any) -> None:
    answer = refused(lambda: register(batch, nodes(of(eksProperties=EKS)), propagateTags=True))
    assert inner(answer) == client_error("Batch on EKS does not support tag propagation.")


# --- jobs


@aws.emulator_only
def test_the_kind_is_named_as_without_effect(batch: Batch) -> None:
    assert ignored(register(batch, nodes())) == ["nodeProperties"]


@aws.emulator_only
def test_a_job_of_it_is_not_there_yet(batch: Batch, refused: Any) -> None:
    batch.ready()
    register(batch, nodes(), jobDefinitionName="nodes")
    answer = refused(lambda: batch.submit(jobDefinition="nodes"))
    assert answer == (
        "NotImplemented",
        501,
        "batchemu does not implement jobs of nodeProperties job definitions yet",
    )


@aws.assumed("containerOverrides are for containerProperties (model); AWS's sentence is not known")
def test_container_overrides_are_refused(batch: Batch, refused: Any) -> None:
    batch.ready()
    register(batch, nodes(), jobDefinitionName="nodes")
    answer = refused(lambda: batch.submit(jobDefinition="nodes", containerOverrides={"command": ["a"]}))
    assert kind(answer) == ("ClientException", 400)
