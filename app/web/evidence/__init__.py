"""Handing out evidence."""
