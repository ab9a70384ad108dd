"""Instance types that Amazon SageMaker trains on.

Source: the enum TrainingInstanceType of botocore's model of Amazon SageMaker. It grows; the script named
below writes it anew.
"""

from __future__ import annotations

from typing import Final

from batchemu.core.instance_types import types

# --- families: written by scripts/instance_types.py
_FAMILIES: Final = """
ml.c4: xlarge 2xlarge 4xlarge 8xlarge
ml.c5: xlarge 2xlarge 4xlarge 9xlarge 18xlarge
ml.c5n: xlarge 2xlarge 4xlarge 9xlarge 18xlarge
ml.c6i: xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge
ml.c7i-flex: xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
ml.c7i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
ml.c8i-flex: xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
ml.c8i: xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge
ml.g4dn: xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
ml.g5: xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
ml.g6: xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
ml.g6e: xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
ml.g7: 2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge
ml.g7e: 2xlarge 4xlarge 8xlarge 12xlarge 24xlarge 48xlarge
ml.m4: xlarge 2xlarge 4xlarge 10xlarge 16xlarge
ml.m5: large xlarge 2xlarge 4xlarge 12xlarge 24xlarge
ml.m6i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge
ml.m7i-flex: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
ml.m7i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
ml.m8i-flex: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
ml.m8i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge
ml.p2: xlarge 8xlarge 16xlarge
ml.p3: 2xlarge 8xlarge 16xlarge
ml.p3dn: 24xlarge
ml.p4d: 24xlarge
ml.p4de: 24xlarge
ml.p5: 4xlarge 48xlarge
ml.p5e: 48xlarge
ml.p5en: 48xlarge
ml.p6-b200: 48xlarge
ml.p6-b300: 48xlarge
ml.p6e-gb200: 36xlarge
ml.r5: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
ml.r5d: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge
ml.r6i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge
ml.r7i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge
ml.r8i-flex: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge
ml.r8i: large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge
ml.t3: large medium xlarge 2xlarge
ml.trn1: 2xlarge 32xlarge
ml.trn1n: 32xlarge
ml.trn2: 48xlarge
"""
# --- end of families

KNOWN: Final = types(_FAMILIES)
"""Everything that a capacityUnit may be beside NUM_INSTANCES."""
