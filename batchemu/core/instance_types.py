"""Instance types, families and bundles that a compute environment can ask for.

Source of the families: the enum InstanceType of botocore's model of Amazon EC2; of the bundles: botocore's
model, documentation of ComputeResource.instanceTypes. Both grow; the script named below writes the former.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BUNDLES: Final[Mapping[str, frozenset[str]]] = {
    "optimal": frozenset({"m6i", "c6i", "r6i", "c7i"}),
    "default_x86_64": frozenset({"m6i", "c6i", "r6i", "c7i"}),
    "default_arm64": frozenset({"m6g", "c6g", "r6g", "c7g"}),
}
"""Names that leave the choice to AWS Batch, and the families that it chooses from."""
_ARM = re.compile(r"a1\b|[a-z]+\d+[a-z]*g|default_arm64$")
_GPU = re.compile(r"p\d|g\d(?!ad)|gr\d")

# --- families: written by scripts/instance_types.py
_FAMILIES: Final = """
a1: large medium xlarge 2xlarge 4xlarge metal
c1: medium xlarge
c3: large xlarge 2xlarge 4xlarge 8xlarge
c4: large xlarge 2xlarge 4xlarge 8xlarge
c5: large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal
c5a: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
c5ad: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
c5d: large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge metal
c5n: large xlarge 2xlarge 4xlarge 9xlarge 18xlarge metal
c6a: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge metal
c6g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
c6gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
c6gn: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
c6i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal
c6id: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal
c6in: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal
c7a: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge metal-48xl
c7g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
c7gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
c7gn: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
c7i-flex: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
c7i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
c8a: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
c8g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
c8gb: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
c8gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
c8gn: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
c8i-flex: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
c8i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
c8ib: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
c8id: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
c8in: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
c8ine: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge
c9g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-48xl
c9gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-48xl
cc1: 4xlarge
cc2: 8xlarge
cg1: 4xlarge
cr1: 8xlarge
d2: xlarge 2xlarge 4xlarge 8xlarge
d3: xlarge 2xlarge 4xlarge 8xlarge
d3en: xlarge 2xlarge 4xlarge 6xlarge 8xlarge 12xlarge
dl1: 24xlarge
dl2q: 24xlarge
f1: 2xlarge 4xlarge 16xlarge
f2: 6xlarge 12xlarge 48xlarge
g2: 2xlarge 8xlarge
g3: 4xlarge 8xlarge 16xlarge
g3s: xlarge
g4ad: xlarge 2xlarge 4xlarge 8xlarge 16xlarge
g4dn: xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
g5: xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
g5g: xlarge 2xlarge 4xlarge 8xlarge 16xlarge metal
g6: xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
g6e: xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
g6f: large xlarge 2xlarge 4xlarge
g7: 2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge
g7e: 2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge
gr6: 4xlarge 8xlarge
gr6f: 4xlarge
h1: 2xlarge 4xlarge 8xlarge 16xlarge
hi1: 4xlarge
hpc6a: 48xlarge
hpc6id: 32xlarge
hpc7a: 12xlarge 24xlarge 48xlarge 96xlarge
hpc7g: 4xlarge 8xlarge 16xlarge
hpc8a: 96xlarge
hs1: 8xlarge
i2: xlarge 2xlarge 4xlarge 8xlarge
i3: large xlarge 2xlarge 4xlarge 8xlarge 16xlarge metal
i3en: large xlarge 2xlarge 3xlarge 6xlarge 12xlarge 24xlarge metal
i4g: large xlarge 2xlarge 4xlarge 8xlarge 16xlarge
i4i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal
i7i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
i7ie: large xlarge 2xlarge 3xlarge 6xlarge 12xlarge 18xlarge 24xlarge 48xlarge metal-24xl metal-48xl
i8g: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
i8ge: large xlarge 2xlarge 3xlarge 6xlarge 12xlarge 18xlarge 24xlarge 48xlarge metal-24xl metal-48xl
im4gn: large xlarge 2xlarge 4xlarge 8xlarge 16xlarge
inf1: xlarge 2xlarge 6xlarge 24xlarge
inf2: xlarge 8xlarge 24xlarge 48xlarge
is4gen: large medium xlarge 2xlarge 4xlarge 8xlarge
m1: large medium small xlarge
m2: xlarge 2xlarge 4xlarge
m3: large medium xlarge 2xlarge
m4: large xlarge 2xlarge 4xlarge 10xlarge 16xlarge
m5: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal
m5a: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
m5ad: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
m5d: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal
m5dn: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal
m5n: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal
m5zn: large xlarge 2xlarge 3xlarge 6xlarge 12xlarge metal
m6a: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge metal
m6g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
m6gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
m6i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal
m6id: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal
m6idn: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal
m6in: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal
m7a: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge metal-48xl
m7g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
m7gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
m7i-flex: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
m7i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
m8a: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
m8azn: large medium xlarge 3xlarge 6xlarge 12xlarge 24xlarge metal-12xl metal-24xl
m8g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
m8gb: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
m8gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
m8gn: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
m8i-flex: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
m8i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
m8ib: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
m8id: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
m8idb: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
m8idn: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
m8in: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
m8ine: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge
m9g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
m9gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
mac-m3ultra: metal
mac-m4: metal
mac-m4max: metal
mac-m4pro: metal
mac1: metal
mac2-m1ultra: metal
mac2-m2: metal
mac2-m2pro: metal
mac2: metal
p2: xlarge 8xlarge 16xlarge
p3: 2xlarge 8xlarge 16xlarge
p3dn: 24xlarge
p4d: 24xlarge
p4de: 24xlarge
p5: 4xlarge 48xlarge
p5e: 48xlarge
p5en: 48xlarge
p6-b200: 48xlarge
p6-b300: 48xlarge
p6e-gb200: 36xlarge
r3: large xlarge 2xlarge 4xlarge 8xlarge
r4: large xlarge 2xlarge 4xlarge 8xlarge 16xlarge
r5: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal
r5a: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
r5ad: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
r5b: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal
r5d: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal
r5dn: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal
r5n: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge metal
r6a: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge metal
r6g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
r6gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
r6i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal
r6id: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal
r6idn: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal
r6in: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge metal
r7a: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge metal-48xl
r7g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
r7gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
r7i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
r7iz: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 32xlarge metal-16xl metal-32xl
r8a: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
r8g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
r8gb: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
r8gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
r8gn: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
r8i-flex: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
r8i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
r8ib: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
r8id: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
r8idb: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
r8idn: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
r8in: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge metal-48xl
  metal-96xl
r9g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-48xl
r9gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-48xl
t1: micro
t2: large medium micro nano small xlarge 2xlarge
t3: large medium micro nano small xlarge 2xlarge
t3a: large medium micro nano small xlarge 2xlarge
t4g: large medium micro nano small xlarge 2xlarge
t8i: medium micro nano small
trn1: 2xlarge 32xlarge
trn1n: 32xlarge
trn2: 3xlarge 48xlarge
trn2u: 48xlarge
u-12tb1: 112xlarge metal
u-18tb1: 112xlarge metal
u-24tb1: 112xlarge metal
u-3tb1: 56xlarge
u-6tb1: 56xlarge 112xlarge metal
u-9tb1: 112xlarge metal
u7i-12tb: 224xlarge
u7i-6tb: 112xlarge
u7i-8tb: 112xlarge
u7ib-12tb: 224xlarge
u7in-16tb: 224xlarge
u7in-24tb: 224xlarge
u7in-32tb: 224xlarge
u7inh-32tb: 480xlarge
vt1: 3xlarge 6xlarge 24xlarge
x1: 16xlarge 32xlarge
x1e: xlarge 2xlarge 4xlarge 8xlarge 16xlarge 32xlarge
x2gd: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge metal
x2idn: 16xlarge 24xlarge 32xlarge metal
x2iedn: xlarge 2xlarge 4xlarge 8xlarge 16xlarge 24xlarge 32xlarge metal
x2iezn: 2xlarge 4xlarge 6xlarge 8xlarge 12xlarge metal
x8aedz: large xlarge 3xlarge 6xlarge 12xlarge 24xlarge metal-12xl metal-24xl
x8g: large medium xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge metal-24xl metal-48xl
x8i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 64xlarge 96xlarge
  metal-48xl metal-96xl
z1d: large xlarge 2xlarge 3xlarge 6xlarge 12xlarge metal
"""
# --- end of families


def types(families: str) -> frozenset[str]:
    """The instance types of a table like the one above."""
    entries = re.findall(r"^(\S+): (.*(?:\n  .*)*)", families, re.MULTILINE)
    return frozenset(f"{family}.{size}" for family, sizes in entries for size in sizes.split())


_TYPES: Final = types(_FAMILIES)
KNOWN: Final = _TYPES | {each.partition(".")[0] for each in _TYPES} | BUNDLES.keys()
"""Everything that ``instanceTypes`` may hold: types, families and bundles."""


def family(instance_type: str) -> str:
    """``m5`` of ``m5.large``, and of ``m5`` itself."""
    return instance_type.partition(".")[0]


def within(instance_type: str, offered: Iterable[str]) -> bool:
    """Whether ``offered`` names this type or family, its family, or a bundle that holds it."""
    mine = {instance_type, family(instance_type)}
    return any(each in mine or not mine.isdisjoint(BUNDLES.get(each, ())) for each in offered)


def is_arm(instance_type: str) -> bool:
    """Graviton families have a ``g`` behind their generation (``m6g``, ``c7gn``), and ``a1``.

    Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
    """
    return _ARM.match(instance_type) is not None


def is_gpu(instance_type: str) -> bool:
    """Families of accelerated instances with NVIDIA GPUs: ``p`` and ``g`` (``g4ad`` has AMD's).

    Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html
    """
    return _GPU.match(instance_type) is not None
