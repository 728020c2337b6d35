"""Webhooks as Standard Webhooks has them: signed, to a checked address, redirects not followed."""
