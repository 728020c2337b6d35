"""What reviewers think: opinions and conflicts."""
