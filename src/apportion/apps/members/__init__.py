"""Who works on a project, and how much of its credits each may use."""
