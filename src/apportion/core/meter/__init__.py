"""Metering: accounting records to segments, segments to charges, charges to accounts."""
