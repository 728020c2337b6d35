"""The outside world: parse and render are pure, client does the only I/O."""
