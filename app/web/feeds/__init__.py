"""Calendars to subscribe to: the page of addresses, and what the addresses answer."""
