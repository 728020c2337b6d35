"""Rating on Spark."""
