"""Replays a trace under a policy, in whole seconds: who starts when, and what changes if ..."""
