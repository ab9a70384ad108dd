"""What ``eksProperties`` must look like: a pod's containers, resources, volumes and metadata.

The sentences are AWS's own, measured by https://github.com/badmintoncryer/cdk-preflight (rules/batch,
``jd-eks-*``, September 2026), unless marked as assumed.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from batchemu import messages
from batchemu.core import container_rules
from batchemu.core.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_DNS_POLICIES = ("Default", "ClusterFirst", "ClusterFirstWithHostNet")
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_RESERVED = ("kubernetes.io", "k8s.io", "batch.amazonaws.com")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
_LABEL_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_CPU = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_HIGHEST_ID = 2**31 - 1
_NAMES_OF_IDS = ("runAsUser", "runAsGroup", "fsGroup")


def _cpu(text: str) -> float | None:
    """A multiple of 0.25: ``1``, ``0.5``; not ``100m``."""
    if _CPU.fullmatch(text) is None:
        return None
    cpus = float(text)
    return cpus if cpus > 0 and (cpus * 4).is_integer() else None


def _mebibytes(text: str) -> float | None:
    """A whole number of MiB: ``2048Mi``."""
    return whole(text.removesuffix("Mi")) if text.endswith("Mi") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resource:
    read: Callable[[str], float | None]
    invalid: str
    fits: Callable[[float, float], bool]
    """Whether a request goes with a limit."""
    mismatch: str


_RESOURCES: Final[Mapping[str, _Resource]] = {
    "cpu": _Resource(
        read=_cpu,
        invalid="Value {} for type cpu in resources is not valid. Provide a valid number and unit.",
        fits=operator.le,
        mismatch="cpu request must be <= to cpu limit if both are provided.",
    ),
    "memory": _Resource(
        read=_mebibytes,
        invalid="Value {} for type memory is not valid.",
        fits=operator.eq,
        mismatch="memory request must be equal to memory limit if both are provided.",
    ),
    "nvidia.com/gpu": _Resource(
        read=whole,
        invalid="Value {} for type nvidia.com/gpu in resources is not valid.",
        fits=operator.eq,
        mismatch="gpu request must be equal to gpu limit if both are provided.",
    ),
}


def check(properties: Mapping[str, Any]) -> None:
    """Raise the first rule that eksProperties break."""
    pod = properties.get("podProperties", {})
    if not pod.get("containers"):
        raise messages.invalid("Containers must be provided for Batch on EKS jobs.")
    for member in ("containers", "initContainers"):
        if len(pod.get(member, ())) > 10:
            # the rule: botocore's model, documentation of EksPodProperties
            raise messages.invalid(f"{member} can have at most 10 elements.")  # assumed wording
    if "dnsPolicy" in pod and pod["dnsPolicy"] not in _DNS_POLICIES:
        raise messages.invalid("Unsupported DNS policy value.")
    containers = [*pod["containers"], *pod.get("initContainers", ())]
    _check_names(containers)
    volumes = pod.get("volumes", ())
    for volume in volumes:
        _check_volume(volume)
    for container in containers:
        _check_container(container, {volume["name"] for volume in volumes})
    _check_security(pod.get("securityContext", {}))
    _check_metadata(pod.get("metadata", {}))


def _check_names(containers: Sequence[Mapping[str, Any]]) -> None:
    """https://docs.aws.amazon.com/batch/latest/userguide/multi-container-jobs.html: one may do without."""
    seen: set[str] = set()
    for container in containers:
        name = container.get("name")
        if not name and len(containers) > 1:
            raise messages.invalid("Container name is required in multi-container job.")  # assumed wording
        if name in seen:
            raise messages.invalid(f"The container name: {name} must be unique in multi-container job.")
        if name:
            seen.add(name)


def _check_container(container: Mapping[str, Any], volumes: set[str]) -> None:
    if not container.get("image"):
        raise messages.invalid("Container Image must be provided.")  # assumed wording
    if "imagePullPolicy" in container and container["imagePullPolicy"] not in _PULL_POLICIES:
        raise messages.invalid("Unsupported image pull policy value.")
    container_rules.check_environment(container.get("env", ()))
    _check_resources(container.get("resources", {}))
    for mount in container.get("volumeMounts", ()):
        if mount.get("name") not in volumes:
            raise messages.invalid("The volumeMounts name is required for eksProperties.")
    _check_security(container.get("securityContext", {}))


def _check_resources(resources: Mapping[str, Mapping[str, str]]) -> None:
    """cpu and memory, each in limits, in requests or in both."""
    limits, requests = (
        {kind: _amount(kind, text) for kind, text in resources.get(side, {}).items()}
        for side in ("limits", "requests")
    )
    given = limits.keys() | requests.keys()
    if not given:
        raise messages.invalid("You must provide a container for eksProperties.")
    if not given >= {"cpu", "memory"}:
        raise messages.invalid("cpu and memory resources must be provided.")
    for kind in limits.keys() & requests.keys():
        if not _RESOURCES[kind].fits(requests[kind], limits[kind]):
            raise messages.invalid(_RESOURCES[kind].mismatch)
    if limits.get("memory", requests.get("memory", 0)) < 4:
        # the rule: botocore's model, documentation of EksContainerResourceRequirements
        raise messages.invalid("memory must be at least 4Mi.")  # assumed wording


def _amount(kind: str, text: str) -> float:
    resource = _RESOURCES.get(kind)
    if resource is None:
        raise messages.invalid(f"{kind} is not a supported type for resources.")
    amount = resource.read(text)
    if amount is None:
        raise messages.invalid(resource.invalid.format(text))
    return float(amount)


def _check_volume(volume: Mapping[str, Any]) -> None:
    empty_dir = volume.get("emptyDir", {})
    if empty_dir.get("medium") not in (None, "", "Memory"):
        raise messages.invalid("Invalid Volume mount. Allowed values - Memory or null.")
    if "sizeLimit" in empty_dir and _mebibytes(empty_dir["sizeLimit"]) is None:
        raise messages.invalid("Invalid empty dir size limit.")


def _check_security(context: Mapping[str, Any]) -> None:
    """Botocore's model, documentation of EksPodSecurityContext and EksSeccompProfile."""
    for member in _NAMES_OF_IDS:
        if not 0 <= context.get(member, 0) <= _HIGHEST_ID:
            raise messages.invalid(f"{member} must be between 0 and {_HIGHEST_ID}.")  # assumed wording
    profile = context.get("seccompProfile")
    if profile is not None and (profile["type"] == "Localhost") != ("localhostProfile" in profile):
        # assumed wording
        raise messages.invalid("localhostProfile must be set for seccomp profiles of type Localhost, only.")


def _check_metadata(metadata: Mapping[str, Any]) -> None:
    for key, value in metadata.get("labels", {}).items():
        _check_key("label", key)
        if value and _LABEL_NAME.fullmatch(value) is None:
            raise messages.invalid(f"The pod label value {value} does not match a valid pattern.")
    for key, value in metadata.get("annotations", {}).items():
        _check_key("annotation", key)
        if len(value) > 255:
            raise messages.invalid(f"Metadata annotation value {value} cannot be longer than 255 characters.")
    if "namespace" in metadata:
        check_namespace(metadata["namespace"])


def _check_key(what: str, key: str) -> None:
    """``name`` or ``prefix/name``. The sentence about an annotation's name by analogy with the label's."""
    prefix, _, name = key.rpartition("/")
    if _LABEL_NAME.fullmatch(name) is None:
        raise messages.invalid(f"The name {name} of the pod {what} key does not match a valid pattern.")
    if any(term in prefix for term in _RESERVED):
        raise messages.invalid(
            f"The prefix {prefix} of the pod {what} key cannot contain terms from the following "
            f"[{', '.join(_RESERVED)}]."
        )


def check_namespace(namespace: str, reserved: str = "kube") -> None:
    """Of a pod, or of a compute environment (``ce-eks-namespace-*``, where the last two were measured).

    ``reserved``: what names of the Kubernetes system begin with; the model says ``kube`` of pods and
    ``kube-`` of environments (EksMetadata and EksConfiguration).
    """
    if namespace == "default":
        raise messages.invalid("kubernetesNamespace cannot be the default Kubernetes namespace.")
    if namespace.startswith(reserved):
        raise messages.invalid("kubernetesNamespace cannot be a reserved Kubernetes system namespace.")
    if len(namespace) > 63:
        raise messages.invalid("kubernetesNamespace must less than or equal to 63 characters long.")
    if _NAMESPACE.fullmatch(namespace) is None:
        raise messages.invalid("kubernetesNamespace must be a valid Kubernetes namespace.")
