"""Loading a plan from its seed."""

from app.services.seeding.loader import Loaded
from app.services.seeding.plan import load_plan, new_task

__all__ = ["Loaded", "load_plan", "new_task"]
