"""What batchemu costs, next to what it stands on: each figure is a ratio of interleaved runs."""
