"""Dates as calendars read them."""
