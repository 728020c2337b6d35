"""Chat rooms by one address each: Slack, Teams, Mattermost, Matrix and others."""
