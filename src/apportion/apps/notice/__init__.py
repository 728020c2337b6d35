"""Telling people what happened: mail, webhooks, chat rooms, and the feed of public decisions."""
