"""Steps that make the scheduler's limits true."""
