"""What AWS Batch does, as short cases that run against any endpoint: ``python -m conformance --help``.

Needs boto3 and nothing of batchemu: it runs against AWS itself.
"""
