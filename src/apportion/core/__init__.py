"""The brain: pure functions over frozen facts. No Django, no clock, no files."""
