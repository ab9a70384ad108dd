"""``python -m batchemu`` does the same as ``batchemu``."""

from batchemu.cli import main

main(prog_name="batchemu")
