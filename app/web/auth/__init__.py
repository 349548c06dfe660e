"""Signing in and out, and the preferences of a person."""
