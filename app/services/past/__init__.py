"""The past: a plan as it stood at the end of a day, for every service that reads."""

from app.services.past.reading import as_of, check_day

__all__ = ["as_of", "check_day"]
