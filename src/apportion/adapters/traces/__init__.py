"""Published job traces as CSV, and the files that accounting comes in."""
