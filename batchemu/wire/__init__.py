"""HTTP to validated dicts and back, driven by botocore's model of ``batch``.

The rule of this folder: it knows the model's shapes and nothing of what they mean. It imports
only the standard library, werkzeug, ``botocore.loaders``, ``botocore.model`` and
``batchemu.errors``. Import from its modules; this package re-exports nothing, so that importing
one part does not pay for the others.
"""
