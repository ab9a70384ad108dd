"""What RegisterJobDefinition refuses of pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.cases.job_definition_rules import OPERATION, live
from conformance.evidence import preflight
from conformance.expect import wrapped
from conformance.refusals import Row, add_refusals
from conformance.requests import GONE, changed, register

if TYPE_CHECKING:
    from conformance.case import Family
    from conformance.lab import Lab


def _request(lab: Lab) -> dict[str, Any]:
    request = changed(register(lab), {"containerProperties": GONE})
    return {**request, "eksProperties": {"podProperties": lab.settings.pod}}


def pod(**members: Any) -> dict[str, Any]:
    return {"eksProperties": {"podProperties": members}}


def resources(limits: dict[str, str], requests: dict[str, str]) -> Any:
    """The change to a pod whose only container has these resources."""

    def change(lab: Lab) -> dict[str, Any]:
        only = {**lab.settings.pod["containers"][0], "resources": {"limits": limits, "requests": requests}}
        return pod(containers=[only])

    return change


def _twice(lab: Lab) -> dict[str, Any]:
    return pod(containers=lab.settings.pod["containers"] * 2)


def _mounts_nothing(lab: Lab) -> dict[str, Any]:
    mount = {"name": "nobody", "mountPath": "/data"}
    return pod(containers=[{**lab.settings.pod["containers"][0], "volumeMounts": [mount]}])


GIB = {"memory": "1024Mi"}
ROWS = [
    live("pod-without-container", pod(containers=[]), "Containers must be provided for Batch on EKS jobs."),
    live("pod-container-twice", _twice, "The container name: main must be unique in multi-container job."),
    live(
        "pod-cpu",
        resources({"cpu": "100m", **GIB}, {}),
        "Value 100m for type cpu in resources is not valid. Provide a valid number and unit.",
    ),
    live(
        "pod-cpu-request-above-limit",
        resources({"cpu": "1", **GIB}, {"cpu": "2"}),
        "cpu request must be <= to cpu limit if both are provided.",
    ),
    live(
        "pod-memory-unit",
        resources({"cpu": "1", "memory": "1024"}, {}),
        "Value 1024 for type memory is not valid.",
    ),
    live(
        "pod-memory-request-below-limit",
        resources({"cpu": "1", **GIB}, {"memory": "512Mi"}),
        "memory request must be equal to memory limit if both are provided.",
    ),
    live("pod-dns-policy", pod(dnsPolicy="Bogus"), "Unsupported DNS policy value."),
    live(
        "pod-empty-dir",
        pod(volumes=[{"name": "v", "emptyDir": {"medium": "Disk", "sizeLimit": "1Gi"}}]),
        "Invalid Volume mount. Allowed values - Memory or null.",
    ),
    live(
        "pod-mount-of-nothing",
        _mounts_nothing,
        "The volumeMounts name is required for eksProperties.",
        "jd-eks-volume-mount-name-exists",
    ),
    live(
        "pod-label",
        pod(metadata={"labels": {"not a label!": "x"}}),
        "The name not a label! of the pod label key does not match a valid pattern.",
    ),
    Row(
        "pod-annotation",
        pod(metadata={"annotations": {"kubernetes.io/x": "y"}}),
        wrapped(
            "The prefix kubernetes.io of the pod annotation key cannot contain terms from the following "
            "[kubernetes.io, k8s.io, batch.amazonaws.com]."
        ),
        preflight("jd-eks-annotation-key-reserved-prefix"),
    ),
    live(
        "pod-namespace-default",
        pod(metadata={"namespace": "default"}),
        "kubernetesNamespace cannot be the default Kubernetes namespace.",
    ),
    live(
        "pod-namespace-kube",
        pod(metadata={"namespace": "kube-system"}),
        "kubernetesNamespace cannot be a reserved Kubernetes system namespace.",
    ),
]


def add_rules(family: Family) -> None:
    add_refusals(family, OPERATION, _request, ROWS)
