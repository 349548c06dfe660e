"""A plan as data: what a folder under `seeds/` says, typed, checked and free of any database."""

from app.domain.seed.errors import SeedError
from app.domain.seed.reader import read_seed
from app.domain.seed.records import (
    Activity,
    CollectedIn,
    Dependency,
    Evidence,
    Figure,
    Indicator,
    Link,
    Occurrence,
    Order,
    Organization,
    OrganizationClass,
    Participant,
    Plan,
    Row,
    Section,
    Seed,
)
from app.domain.seed.tasks import class_members, expected_tasks, lead_of

__all__ = [
    "Activity",
    "CollectedIn",
    "Dependency",
    "Evidence",
    "Figure",
    "Indicator",
    "Link",
    "Occurrence",
    "Order",
    "Organization",
    "OrganizationClass",
    "Participant",
    "Plan",
    "Row",
    "Section",
    "Seed",
    "SeedError",
    "class_members",
    "expected_tasks",
    "lead_of",
    "read_seed",
]
