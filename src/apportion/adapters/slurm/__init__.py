"""Slurm: its accounting text and, through its own tools, its limits."""
