"""Requests for a later date."""
