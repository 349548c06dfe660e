"""Every route of the administration: importing the views hangs them onto the blueprint."""

from app.web.admin import activities, operation, organizations, people
from app.web.admin.blueprint import blueprint

__all__ = ["activities", "blueprint", "operation", "organizations", "people"]
