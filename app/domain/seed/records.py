"""The records of a seed. Dates are nominal, as the order gives them, in the plan's time zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

POLICIES = ("preceding", "next", "none")
ORGANIZATION_KINDS = ("department", "centre", "bpoo", "college", "cluster", "partner")
COLLEGE_CATEGORIES = ("dept", "health", "culture", "federal", "private", "university", "branch")
WORKFLOW_KINDS = ("document", "event", "agreement", "monitoring", "request")
#: `tasks_for` is one of these, or the key of a class whose every member gets a task.
TASKS_FOR_LEAD, TASKS_FOR_REQUEST = "lead", "request"
ROLES = ("lead", "co_executor", "member", "accepting")
EVIDENCE_KINDS = ("file", "link", "note")
MODES = ("on", "within", "by", "throughout")
DATE_SOURCES = ("order", "operator")
INDICATOR_KINDS = ("share", "count", "worst_case", "growth", "divergence")
DIRECTIONS = ("at_least", "at_most")
FIGURE_KINDS = ("number", "yes_no")
STRENGTHS = ("direct", "context")


@dataclass(frozen=True, slots=True)
class Plan:
    code: str
    title: str
    short_title: str
    gloss_en: str
    period_start: date
    period_end: date
    time_zone: str
    #: where a due date on a day off moves: preceding | next | none
    non_working_policy: str
    holidays_country: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """The act that approves the plan. `lines` says, field by field, where its text names it."""

    number: str
    #: as the stamp of approval has it
    number_stamp: str
    note: str
    note_en: str
    date: date
    issuer: str
    controller_position: str
    control_clause: str
    lines: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class OrganizationClass:
    """What the order writes instead of names: every organisation of one kind."""

    key: str
    kind: str
    name: str
    short_name: str
    gloss_en: str
    aliases: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Organization:
    key: str
    name: str
    short_name: str
    gloss_en: str
    kind: str
    #: of a college: who it belongs to; "" for the others
    category: str
    aliases: tuple[str, ...]
    note: str
    note_en: str
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    number: int
    title: str
    short_title: str
    gloss_en: str
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the order, verbatim: `title`, `deadline`, `executors_text`."""

    number: str
    section: int
    title: str
    short_title: str
    gloss_en: str
    deadline: str
    executors_text: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Participant:
    """An organisation's part, or a class's: exactly one of `organization` and `class_key` is set."""

    organization: str
    class_key: str
    role: str
    by_agreement: bool
    #: the words of the order
    named: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A slot for proof; `required`: a task cannot be submitted while it is empty."""

    key: str
    label_ru: str
    label_en: str
    kinds: tuple[str, ...]
    required: bool
    editorial: bool


@dataclass(frozen=True, slots=True)
class Occurrence:
    key: str
    label_ru: str
    label_en: str
    window_start: date
    due: date
    as_of: date | None
    #: year of graduation; "" where there are no cohorts
    cohort: str
    mode: str
    #: who set the date: order | operator
    source: str
    #: how often the executor must bring its table up to date within the window
    min_updates: int
    note: str
    note_en: str


@dataclass(frozen=True, slots=True)
class Dependency:
    """What should come before: a whole activity, or one occurrence of it ("" for the whole)."""

    activity: str
    occurrence: str


@dataclass(frozen=True, slots=True)
class Activity:
    """What is executed; title, short title and gloss are its row's where the seed gives it none."""

    code: str
    row: str
    title: str
    short_title: str
    gloss_en: str
    workflow: str
    tasks_for: str
    coordinator: str
    after: tuple[Dependency, ...]
    note: str
    note_en: str
    participants: tuple[Participant, ...]
    evidence: tuple[Evidence, ...]
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class CollectedIn:
    """Where an indicator's figures come from; exactly one denominator, or none for a count."""

    activity: str
    #: only this cohort's tasks; "" for all
    cohort: str
    numerator: str
    #: key of a figure; for growth the baseline
    denominator: str
    #: denominator that every report brings, instead of a figure
    constant: int | None
    #: of a divergence: keys of how many each register counts; both or neither
    ours: str
    theirs: str
    #: reports of one organisation add up, instead of the newest taking the place of the others
    cumulative: bool
    #: only their reports count; empty for all
    organizations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    number: int
    title: str
    short_title: str
    gloss_en: str
    kind: str
    direction: str
    target: Decimal
    unit: str
    unit_en: str
    as_of: date | None
    baseline: str
    baseline_en: str
    numerator_ru: str
    numerator_en: str
    denominator_ru: str
    denominator_en: str
    #: fields that the order leaves open and the seed decides
    inferred: tuple[str, ...]
    line: int
    collected_in: tuple[CollectedIn, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A whole number that the tasks of an activity ask for."""

    activity: str
    #: only this cohort's tasks ask; "" for all
    cohort: str
    key: str
    kind: str
    required: bool
    label_ru: str
    label_en: str
    hint_ru: str
    hint_en: str
    minimum: int
    maximum: int | None
    #: key of the figure of which it is a part
    at_most: str
    #: a change by more per cent is asked about before it is taken; 0: none is
    jump: int
    #: it is the same from report to report
    steady: bool


@dataclass(frozen=True, slots=True)
class Link:
    """That an activity moves an indicator."""

    activity: str
    indicator: int
    strength: str
    editorial: bool


@dataclass(frozen=True, slots=True)
class Seed:
    plan: Plan
    order: Order
    classes: tuple[OrganizationClass, ...]
    organizations: tuple[Organization, ...]
    sections: tuple[Section, ...]
    rows: tuple[Row, ...]
    activities: tuple[Activity, ...]
    indicators: tuple[Indicator, ...]
    figures: tuple[Figure, ...]
    links: tuple[Link, ...]
