"""Files that people hand in: what they are, and under which name they are kept."""
