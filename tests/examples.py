"""Requests that many tests begin with."""

from __future__ import annotations

EC2 = {
    "type": "EC2",
    "minvCpus": 0,
    "maxvCpus": 4,
    "instanceTypes": ["optimal"],
    "subnets": ["subnet-1"],
    "securityGroupIds": ["sg-1"],
    "instanceRole": "ecsInstanceRole",
}
"""``computeResources`` of a MANAGED environment with 4 vCPUs."""
