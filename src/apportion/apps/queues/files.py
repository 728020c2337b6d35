"""The table of queues as a file."""

from apportion.apps.people.tables import listing_route
from apportion.apps.queues import commands

queues = listing_route("limits.see", "queues", commands.show)
