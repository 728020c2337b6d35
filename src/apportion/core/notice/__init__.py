"""Telling people: how soon, again when it failed, and where never to."""
