"""How we know what a case says of AWS: every case carries exactly one."""

from __future__ import annotations

from dataclasses import dataclass

DOCUMENTED = "documented"
RECORDED = "recorded"
ASSUMED = "assumed"
EMULATOR_ONLY = "emulator_only"
CLASSES = (DOCUMENTED, RECORDED, ASSUMED, EMULATOR_ONLY)
BINDING = frozenset({DOCUMENTED, RECORDED})
"""A case of these that fails is a fault of the endpoint; of the others, it may be ours."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """``kind`` is one of CLASSES; ``source`` says where it can be read, or why it is assumed."""

    kind: str
    source: str


def documented(source: str) -> Evidence:
    """A public page, or ``model: Shape.member`` for botocore's."""
    return Evidence(DOCUMENTED, source)


def guide(page: str) -> Evidence:
    """A page of the AWS Batch User Guide."""
    return documented(f"https://docs.aws.amazon.com/batch/latest/userguide/{page}.html")


def model(member: str) -> Evidence:
    """The documentation of botocore's model of batch: ``Shape.member`` or an operation."""
    return documented(f"model: {member}")


def recorded(source: str) -> Evidence:
    """A real answer of AWS, quoted in a public place."""
    return Evidence(RECORDED, source)


def preflight(rule: str = "*") -> Evidence:
    """A rule that was deployed against AWS in September 2026; its meta.yaml holds the service's answer."""
    return recorded(f"https://github.com/badmintoncryer/cdk-preflight rules/batch/pf-batch-{rule}")


def issue(thread: str) -> Evidence:
    """A GitHub thread that quotes the answer: ``owner/repository#number``."""
    repository, _, number = thread.partition("#")
    return recorded(f"https://github.com/{repository}/issues/{number}")


def quoted(what: str) -> Evidence:
    """An answer that somebody's public code quotes or matches."""
    return recorded(f"a real answer quoted in public code: {what}")


def assumed(why: str) -> Evidence:
    return Evidence(ASSUMED, why)


def emulator_only() -> Evidence:
    """About batchemu itself, or in need of its control plane."""
    return Evidence(EMULATOR_ONLY, "")
