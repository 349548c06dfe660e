"""From `story.toml` to its records: every field typed, none unknown, none left over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import TypeVar

from app.domain.permissions import ROLES
from app.domain.seed.table import Table, read_file
from app.services.story.script import (
    FILE,
    Account,
    Act,
    Collective,
    FigureRule,
    Frame,
    Others,
    Paper,
    Script,
    Step,
)

Bound = TypeVar("Bound", date, int)


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
        is_public=table.flag_or("is_public", False),
        shows_lateness=table.flag_or("shows_lateness", False),
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
        sure=table.text_or("sure"),
        due=table.day_or_none("due"),
        expected_on=table.day_or_none("expected_on"),
        subject=table.text_or("subject"),
        public=table.text_or("public"),
        public_link=table.text_or("public_link"),
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
    return Collective(
        entry=entry,
        activity=table.text("activity"),
        occurrences=table.texts("occurrences"),
        paths=paths,
        usual=table.choice("usual", tuple(paths)),
        others=table.tables("others", partial(_others, paths=tuple(paths)), "path"),
        figures=table.table("figures", f"{entry}, figures", _figure_rules) if table.has("figures") else (),
    )


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
        public=table.text_or("public"),
        public_link=table.text_or("public_link"),
    )
    if sum(each is not None for each in (step.between, step.from_start, step.from_due)) != 1:
        raise table.error("between", "give exactly one of between, from_start and from_due")
    return step


def _others(table: Table, paths: tuple[str, ...]) -> Others:
    return Others(table.choice("path", paths), table.texts("who"), table.texts("occurrences"))


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
        shares=_shares(table),
        spread=table.decimal("spread") if table.has("spread") else Decimal(),
    )
    ways = (rule.constant is not None, bool(rule.table), rule.bounds is not None, bool(rule.share_of))
    if sum(ways) != 1:
        raise table.error("constant", "give exactly one of constant, each, bounds and share_of")
    return rule


def _shares(table: Table) -> tuple[Decimal, ...]:
    try:
        return tuple(Decimal(share) for share in table.texts("shares"))
    except InvalidOperation:
        raise table.error("shares", "must hold decimal numbers in quotes") from None


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
