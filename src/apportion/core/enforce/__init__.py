"""Enforcing: what the scheduler should allow, and the steps that make it so."""
