"""Slurm's accounting, asked for window by window."""
