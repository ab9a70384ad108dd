"""Job definitions with eksProperties: a pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.answers import client_error, ignored, inner, kind
from tests.api.definitions import PREFLIGHT, TF, Case, Members, described, of_kind, register_kind
from tests.evidence import aws

if TYPE_CHECKING:
    from tests.api.conftest import Batch

LIMITS = {"cpu": "1", "memory": "512Mi"}


def container(name: str | None = "main", **members: Any) -> Members:
    named = {"name": name} if name else {}
    return {**named, "image": "busybox", "resources": {"limits": LIMITS}, **members}


def pod(*containers: Members, **members: Any) -> Members:
    return {"containers": list(containers or [container()]), **members}


def limits(**amounts: str) -> Members:
    return pod(container(resources={"limits": {**LIMITS, **amounts}}))


def both(kind: str, limit: str, request: str) -> Members:
    resources = {"limits": {**LIMITS, kind: limit}, "requests": {kind: request}}
    return pod(container(resources=resources))


def register(batch: Batch, properties: Members, **members: Any) -> Members:
    return register_kind(batch, "eksProperties", {"podProperties": properties}, **members)


def answered(*containers: Members, **members: Any) -> Members:
    """The eksProperties that AWS gives back."""
    lists: Members = {"command": [], "args": [], "env": [], "volumeMounts": []}
    filled = [{**lists, **each} for each in containers]
    return {
        "podProperties": {
            "containers": filled,
            "initContainers": [],
            "imagePullSecrets": [],
            "volumes": [],
            **members,
        }
    }


# --- defaults


@aws.documented(f"{TF}/eks_properties.go")
def test_a_pod_gains_lists(batch: Batch) -> None:
    register(batch, pod())
    expected = of_kind("eksProperties", answered(container()), containerOrchestrationType="EKS")
    assert described(batch) == [expected]


@aws.documented("model: EksPodPropertiesDetail.dnsPolicy")
def test_what_was_not_given_is_not_answered(batch: Batch) -> None:
    register(batch, pod(container(None)))
    (found,) = described(batch)
    assert found["eksProperties"] == answered(container(None))


@pytest.mark.parametrize(
    "properties",
    [
        limits(cpu="0.25", memory="4Mi"),
        both("cpu", "2", "0.5"),
        both("memory", "512Mi", "512Mi"),
        both("nvidia.com/gpu", "1", "1"),
        pod(container(resources={"requests": LIMITS})),
        pod(metadata={"labels": {"team": "", "example.com/a_b": "x"}, "annotations": {"a": "b" * 255}}),
        pod(metadata={"namespace": "n" * 63}),
        pod(volumes=[{"name": "v", "emptyDir": {"medium": "", "sizeLimit": "100Mi"}}]),
        pod(container(), container("b"), initContainers=[container("c")]),
        pod(securityContext={"runAsUser": 2**31 - 1, "seccompProfile": {"type": "RuntimeDefault"}}),
    ],
)
@aws.documented("model: EksPodProperties, EksContainerResourceRequirements, EksMetadata")
def test_what_the_rules_allow_is_registered(batch: Batch, properties: Members) -> None:
    register(batch, properties)
    assert len(described(batch)) == 1


# --- what RegisterJobDefinition refuses

RESERVED = "cannot contain terms from the following [kubernetes.io, k8s.io, batch.amazonaws.com]."
REFUSED: list[Case] = [
    ({}, "Containers must be provided for Batch on EKS jobs."),
    ({"containers": []}, "Containers must be provided for Batch on EKS jobs."),
    (
        pod(container(), container()),
        "The container name: main must be unique in multi-container job.",
    ),
    (
        pod(initContainers=[container()]),
        "The container name: main must be unique in multi-container job.",
    ),
    (pod(container(resources={})), "You must provide a container for eksProperties."),
    (pod({"name": "a", "image": "busybox"}), "You must provide a container for eksProperties."),
    (pod(container(resources={"limits": {"cpu": "1"}})), "cpu and memory resources must be provided."),
    (pod(container(resources={"requests": {"memory": "4Mi"}})), "cpu and memory resources must be provided."),
    (limits(disk="1"), "disk is not a supported type for resources."),
    (
        limits(cpu="100m"),
        "Value 100m for type cpu in resources is not valid. Provide a valid number and unit.",
    ),
    (
        limits(cpu="0.3"),
        "Value 0.3 for type cpu in resources is not valid. Provide a valid number and unit.",
    ),
    (limits(memory="1Gi"), "Value 1Gi for type memory is not valid."),
    (limits(memory="512"), "Value 512 for type memory is not valid."),
    (limits(**{"nvidia.com/gpu": "0.5"}), "Value 0.5 for type nvidia.com/gpu in resources is not valid."),
    (both("cpu", "1", "1.25"), "cpu request must be <= to cpu limit if both are provided."),
    (
        both("memory", "512Mi", "511Mi"),
        "memory request must be equal to memory limit if both are provided.",
    ),
    (both("nvidia.com/gpu", "2", "1"), "gpu request must be equal to gpu limit if both are provided."),
    (pod(dnsPolicy="None"), "Unsupported DNS policy value."),
    (pod(container(imagePullPolicy="Sometimes")), "Unsupported image pull policy value."),
    (
        pod(volumes=[{"name": "v", "emptyDir": {"medium": "Disk"}}]),
        "Invalid Volume mount. Allowed values - Memory or null.",
    ),
    (pod(volumes=[{"name": "v", "emptyDir": {"sizeLimit": "1Gi"}}]), "Invalid empty dir size limit."),
    (
        pod(container(volumeMounts=[{"name": "other", "mountPath": "/"}]), volumes=[{"name": "v"}]),
        "The volumeMounts name is required for eksProperties.",
    ),
    (
        pod(metadata={"labels": {"-a": "b"}}),
        "The name -a of the pod label key does not match a valid pattern.",
    ),
    (
        pod(metadata={"labels": {"a": "b" * 64}}),
        f"The pod label value {'b' * 64} does not match a valid pattern.",
    ),
    (
        pod(metadata={"labels": {"kubernetes.io/a": "b"}}),
        f"The prefix kubernetes.io of the pod label key {RESERVED}",
    ),
    (
        pod(metadata={"annotations": {"batch.amazonaws.com/a": "b"}}),
        f"The prefix batch.amazonaws.com of the pod annotation key {RESERVED}",
    ),
    (
        pod(metadata={"annotations": {"a": "b" * 256}}),
        f"Metadata annotation value {'b' * 256} cannot be longer than 255 characters.",
    ),
    (
        pod(metadata={"namespace": "default"}),
        "kubernetesNamespace cannot be the default Kubernetes namespace.",
    ),
    (
        pod(metadata={"namespace": "kube-system"}),
        "kubernetesNamespace cannot be a reserved Kubernetes system namespace.",
    ),
]
ASSUMED: list[Members] = [
    pod(*(container(str(n)) for n in range(11))),
    pod(initContainers=[container(str(n)) for n in range(11)]),
    pod(container(None), container(None)),
    pod(container(image="")),
    pod(container(env=[{"name": "AWS_BATCH_JOB_ID", "value": "x"}])),
    limits(memory="3Mi"),
    pod(metadata={"annotations": {"": "b"}}),
    pod(metadata={"namespace": "n" * 64}),
    pod(metadata={"namespace": "Upper"}),
    pod(securityContext={"fsGroup": 2**31}),
    pod(container(securityContext={"runAsUser": -1})),
    pod(securityContext={"seccompProfile": {"type": "Localhost"}}),
    pod(securityContext={"seccompProfile": {"type": "Unconfined", "localhostProfile": "a"}}),
]


@pytest.mark.parametrize(("properties", "text"), REFUSED)
@aws.recorded(PREFLIGHT)
def test_a_pod_that_cannot_be_is_refused(batch: Batch, refused: Any, properties: Members, text: str) -> None:
    assert inner(refused(lambda: register(batch, properties))) == client_error(text)
    assert described(batch) == []


@pytest.mark.parametrize("properties", ASSUMED)
@aws.assumed("the rules are botocore's model's, the sentences are not known")
def test_rules_without_a_known_sentence_hold(batch: Batch, refused: Any, properties: Members) -> None:
    assert kind(refused(lambda: register(batch, properties))) == ("ClientException", 400)
    assert described(batch) == []


@aws.recorded(PREFLIGHT)
def test_tags_cannot_be_propagated(batch: Batch, refused: Any) -> None:
    answer = refused(lambda: register(batch, pod(), propagateTags=True))
    assert inner(answer) == client_error("Batch on EKS does not support tag propagation.")


@aws.assumed("the rule is RegisterJobDefinitionRequest.platformCapabilities in the model, not its sentence")
def test_platform_capabilities_are_not_for_eks(batch: Batch, refused: Any) -> None:
    answer = refused(lambda: register(batch, pod(), platformCapabilities=["EC2"]))
    assert kind(answer) == ("ClientException", 400)


# --- jobs


@aws.emulator_only
def test_the_kind_is_named_as_without_effect(batch: Batch) -> None:
    assert ignored(register(batch, pod())) == ["eksProperties"]


@aws.emulator_only
def test_a_job_of_it_is_not_there_yet(batch: Batch, refused: Any) -> None:
    batch.ready()
    register(batch, pod(), jobDefinitionName="eks")
    answer = refused(lambda: batch.submit(jobDefinition="eks"))
    assert answer == (
        "NotImplemented",
        501,
        "batchemu does not implement jobs of eksProperties job definitions yet",
    )


@aws.recorded("issue nextflow-io/nextflow#5817 (2025)")
def test_container_overrides_are_refused(batch: Batch, refused: Any) -> None:
    batch.ready()
    register(batch, pod(), jobDefinitionName="eks")
    answer = refused(lambda: batch.submit(jobDefinition="eks", containerOverrides={"command": ["a"]}))
    assert answer == client_error(
        "Container overrides or node overrides should not be set for Batch on EKS jobs."
    )
