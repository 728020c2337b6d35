"""Appeals: decided by other people than the decision, paid from a reserve, with reasons."""
