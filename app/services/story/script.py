"""The script of the demonstration: what `story.toml` says, typed, before anything is looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TypeVar

from app.domain.permissions import ROLES
from app.domain.seed import SeedError
from app.domain.seed.table import Table, read_file

FILE = "story.toml"

Bound = TypeVar("Bound", date, int)


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
    #: date that is asked for, granted, or set for a request
    due: date | None
    expected_on: date | None
    subject: str


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


def read_script(folder: Path) -> Script:
    """Read `story.toml` of a seed's folder. Raises SeedError naming the file, the entry and the field."""
    return read_file(folder, FILE, _script)


def _script(table: Table) -> Script:
    return Script(
        frame=table.table("story", "story", _frame),
        accounts=table.tables("account", _account, "username"),
        acts=table.tables("act", _act, "on", "by", "does", "activity"),
        collectives=table.tables("collective", _collective, "activity"),
    )


def _frame(table: Table) -> Frame:
    frame = Frame(
        opens=table.day("opens"),
        ends=table.day("ends"),
        ends_at=_time(table, "ends_at"),
        seed=table.number("seed"),
        notice=table.text("notice"),
        labels=table.texts("labels"),
    )
    if len(frame.labels) != 3:
        raise table.error("labels", "must be three: of the organisation, of the row, of the day")
    return frame


def _account(table: Table) -> Account:
    class_key = table.text_or("class")
    if class_key and table.has("username"):
        raise table.error("username", "stands beside class: its members are named by their keys")
    return Account(
        username="" if class_key else table.text("username"),
        class_key=class_key,
        name=table.text("name"),
        role=table.choice("role", ROLES),
        organization=table.text_or("organization"),
    )


def _act(table: Table) -> Act:
    return Act(
        entry=table.row,
        on=table.day("on"),
        at=_time(table, "at") if table.has("at") else None,
        by=table.text("by"),
        does=table.text("does"),
        activity=table.text("activity"),
        occurrence=table.text_or("occurrence"),
        request=table.text_or("request"),
        who=table.texts("who"),
        note=table.text_or("note"),
        papers=table.tables("evidence", _paper, "slot"),
        figures=table.table("figures", f"{table.row}, figures", _numbers) if table.has("figures") else {},
        due=table.day_or_none("due"),
        expected_on=table.day_or_none("expected_on"),
        subject=table.text_or("subject"),
    )


def _paper(table: Table) -> Paper:
    paper = Paper(
        slot=table.text("slot"),
        file=table.text_or("file"),
        title=table.text_or("title"),
        lines=table.texts("lines"),
        link=table.text_or("link"),
        note=table.text_or("note"),
        who=table.texts("who"),
    )
    if sum(bool(each) for each in (paper.file, paper.link, paper.note)) != 1:
        raise table.error("file", "give exactly one of file, link and note")
    if bool(paper.file) != bool(paper.title):
        raise table.error("title", "goes with a file, and only with it")
    return paper


def _collective(table: Table) -> Collective:
    entry = table.row
    paths = table.table("path", f"{entry}, path", _paths)
    found = Collective(
        entry=entry,
        activity=table.text("activity"),
        occurrences=table.texts("occurrences"),
        paths=paths,
        usual=table.choice("usual", tuple(paths)),
        others=table.tables("others", _others, "path"),
        figures=table.table("figures", f"{entry}, figures", _figure_rules) if table.has("figures") else (),
    )
    for each in found.others:
        if each.path not in paths:
            raise SeedError(FILE, f"{entry}, others {each.path}", "path", f"“{each.path}” is no path here")
    return found


def _paths(table: Table) -> dict[str, tuple[Step, ...]]:
    return {name: table.tables(name, _step, "does") for name in table.names()}


def _step(table: Table) -> Step:
    step = Step(
        does=table.text("does"),
        by=table.text_or("by"),
        between=_pair(table, "between", table.days) if table.has("between") else None,
        from_start=_pair(table, "from_start", table.numbers) if table.has("from_start") else None,
        from_due=_pair(table, "from_due", table.numbers) if table.has("from_due") else None,
        note=table.text_or("note"),
        papers=table.tables("evidence", _paper, "slot"),
    )
    if sum(each is not None for each in (step.between, step.from_start, step.from_due)) != 1:
        raise table.error("between", "give exactly one of between, from_start and from_due")
    return step


def _others(table: Table) -> Others:
    return Others(table.text("path"), table.texts("who"), table.texts("occurrences"))


def _figure_rules(table: Table) -> tuple[FigureRule, ...]:
    return tuple(
        table.table(key, f"{table.row} {key}", partial(_figure_rule, key=key)) for key in table.names()
    )


def _figure_rule(table: Table, key: str) -> FigureRule:
    rule = FigureRule(
        key=key,
        constant=table.number_or("constant", None),
        table=table.table("each", f"{table.row}, each", _numbers) if table.has("each") else {},
        bounds=_pair(table, "bounds", table.numbers) if table.has("bounds") else None,
        share_of=table.text_or("share_of"),
        shares=tuple(Decimal(share) for share in table.texts("shares")),
        spread=table.decimal("spread") if table.has("spread") else Decimal(),
    )
    ways = (rule.constant is not None, bool(rule.table), rule.bounds is not None, bool(rule.share_of))
    if sum(ways) != 1:
        raise table.error("constant", "give exactly one of constant, each, bounds and share_of")
    return rule


def _numbers(table: Table) -> dict[str, int]:
    return {key: table.number(key) for key in table.names()}


def _pair(table: Table, field: str, read: Callable[[str], tuple[Bound, ...]]) -> tuple[Bound, Bound]:
    values = read(field)
    if len(values) != 2 or values[1] < values[0]:
        raise table.error(field, "must be two: the first and the last")
    return values[0], values[1]


def _time(table: Table, field: str) -> time:
    text = table.text(field)
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise table.error(field, f"“{text}” is not a time like 09:30") from None
