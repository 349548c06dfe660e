"""Tables, one module a subject."""

from app.models.comments import Comment, Mention
from app.models.feeds import Feed
from app.models.filters import SavedFilter
from app.models.indicators import ActivityIndicator, FigureField, Indicator, IndicatorSource, Measurement
from app.models.journal import JournalEntry, JournalHead
from app.models.notices import AccountLetter, LadderStep, Notice, OutboxMessage
from app.models.operation import JobRun, SeedRecord, SentForm
from app.models.people import (
    AppPassword,
    Delegation,
    LoginSession,
    Organization,
    PasswordReset,
    PendingSignIn,
    Person,
    RecoveryCode,
    SecondFactor,
    Throttle,
)
from app.models.plan import Activity, Occurrence, Participation, Plan, Requirement, Row, Section
from app.models.publications import Material, Publication
from app.models.reports import Report
from app.models.search import SearchText
from app.models.tasks import Evidence, Extension, Reminder, Task

__all__ = [
    "AccountLetter",
    "Activity",
    "ActivityIndicator",
    "AppPassword",
    "Comment",
    "Delegation",
    "Evidence",
    "Extension",
    "Feed",
    "FigureField",
    "Indicator",
    "IndicatorSource",
    "JobRun",
    "JournalEntry",
    "JournalHead",
    "LadderStep",
    "LoginSession",
    "Material",
    "Measurement",
    "Mention",
    "Notice",
    "Occurrence",
    "Organization",
    "OutboxMessage",
    "Participation",
    "PasswordReset",
    "PendingSignIn",
    "Person",
    "Plan",
    "Publication",
    "RecoveryCode",
    "Reminder",
    "Report",
    "Requirement",
    "Row",
    "SavedFilter",
    "SearchText",
    "SecondFactor",
    "Section",
    "SeedRecord",
    "SentForm",
    "Task",
    "Throttle",
]
