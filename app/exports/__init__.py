"""Dataclasses in, bytes out."""
