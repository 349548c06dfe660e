"""The script of the demonstration: the records of `story.toml`. Dates and times are of the plan's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

#: the file of a seed's folder that holds it
FILE = "story.toml"


@dataclass(frozen=True, slots=True)
class Account:
    """An account, or (`class_key`) one for each member of a class, named like its organisation's key."""

    username: str
    class_key: str
    #: `{organization}` stands for the short name
    name: str
    role: str
    organization: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A piece of evidence: exactly one of `file`, `link` and `note` is set."""

    slot: str
    #: a name whose extension says what is made: docx, xlsx, pdf or png
    file: str
    title: str
    #: what the document says below its facts
    lines: tuple[str, ...]
    link: str
    note: str
    #: keys of the organisations that bring it; empty for all that no other paper of the slot names
    who: tuple[str, ...]

    @property
    def kind(self) -> str:
        return "file" if self.file else "link" if self.link else "note"


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does one thing on a day."""

    entry: str
    on: date
    #: time of day in the plan's zone; None: some time in working hours
    at: time | None
    by: str
    does: str
    activity: str
    occurrence: str
    #: name of the request that the act opens or belongs to
    request: str
    #: keys of the organisations whose tasks are meant; empty for the lead's
    who: tuple[str, ...]
    note: str
    papers: tuple[Paper, ...]
    figures: Mapping[str, int]
    #: why those of the figures that are unusual are right
    sure: str
    #: date that is asked for, granted, or set for a request
    due: date | None
    expected_on: date | None
    subject: str
    #: what everybody is told with a stage of an event, and where there is more
    public: str
    public_link: str


@dataclass(frozen=True, slots=True)
class Step:
    """What each organisation of a collective does in its turn, on one working day of a window."""

    does: str
    #: username; "" for the organisation's own account
    by: str
    between: tuple[date, date] | None
    #: days from the start of the occurrence's window, or from its due date in force
    from_start: tuple[int, int] | None
    from_due: tuple[int, int] | None
    note: str
    papers: tuple[Paper, ...]
    public: str
    public_link: str


@dataclass(frozen=True, slots=True)
class Others:
    """Those who go another way than usual, in some occurrences or in all."""

    path: str
    who: tuple[str, ...]
    occurrences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FigureRule:
    """How a figure of a collective comes about: a constant, a table, a range or a share of another."""

    key: str
    constant: int | None
    #: number by key of the organisation
    table: Mapping[str, int]
    #: the least and the most that an organisation may have
    bounds: tuple[int, int] | None
    #: per cent of another figure, one by occurrence; an organisation is at most `spread` points away
    share_of: str
    shares: tuple[Decimal, ...]
    spread: Decimal


@dataclass(frozen=True, slots=True)
class Collective:
    """One activity, many organisations: a usual path, and who leaves it."""

    entry: str
    activity: str
    occurrences: tuple[str, ...]
    paths: Mapping[str, tuple[Step, ...]]
    usual: str
    others: tuple[Others, ...]
    figures: tuple[FigureRule, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """When the story plays, and what is the same in all of it. Times of the plan's zone."""

    #: when the plan and the accounts were entered
    opens: date
    #: the day that the demonstration shows, and the time at which its clock begins
    ends: date
    ends_at: time
    #: what chance is drawn from: the same number tells the same story
    seed: int
    #: whether the controller opens the public page on the first day, and whether it tells of lateness
    is_public: bool
    shows_lateness: bool
    #: what every document says of itself
    notice: str
    #: words of a document's facts: of the organisation, the row and the day
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """The whole story."""

    frame: Frame
    accounts: tuple[Account, ...]
    acts: tuple[Act, ...]
    collectives: tuple[Collective, ...]
