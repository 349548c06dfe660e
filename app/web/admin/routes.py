"""Every route of the administration: importing the views hangs them onto the blueprint."""

from app.web.admin import activities, ladder, operation, organizations, people
from app.web.admin.blueprint import blueprint

__all__ = ["activities", "blueprint", "ladder", "operation", "organizations", "people"]
