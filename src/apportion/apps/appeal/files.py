"""The table of how often appeals succeed as a file."""

from apportion.apps.appeal import commands
from apportion.apps.people.tables import listing_route

stats = listing_route("appeal.see", "stats", commands.stats)
