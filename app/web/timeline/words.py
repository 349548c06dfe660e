"""What the timeline says in words: dates in force, extensions, and how each mark stands."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext, ngettext

from app.services.activities import CLOSED
from app.services.timeline import Dated, Entry
from app.web import kinds, terms
from app.web.formats import day_month, in_language, lang
from workflows import WORKFLOWS


def kind_word(kind: str) -> str:
    """The usual word of a kind; the same as `kind_text` of _macros/status.html."""
    words = {
        "overdue": gettext("Overdue"),
        "review": gettext("Under review"),
        "progress": gettext("In progress"),
        "done": gettext("Done"),
        "planned": gettext("Not started"),
        "returned": gettext("Returned for rework"),
        "off": gettext("Withdrawn"),
    }
    return str(words[kind])


def class_word(kind: str) -> str:
    """How a class of organisations of that kind is called."""
    words = {
        "college": gettext("Educational organisations"),
        "cluster": gettext("Clusters"),
    }
    return str(words.get(kind) or gettext("Other organisations"))


def kind_of(entry: Entry) -> str:
    """The kind of an activity: its own, or that of those tasks of it that are shown."""
    first = entry.dated[0] if len(entry.dated) == 1 else None
    if first and first.state:
        return kind_of_date(entry, first)
    if entry.whole and not any(dated.state for dated in entry.dated):
        return kinds.of_activity(entry.line.state, entry.progress)
    return kinds.of_occurrence(entry.line.state, entry.progress)


def kind_of_date(entry: Entry, dated: Dated) -> str:
    """The kind of one occurrence: of the task of the one that is shown, or of all that are counted."""
    if dated.state:
        return kinds.of_task(dated.phase, dated.state, bool(dated.line.progress.overdue))
    return kinds.of_occurrence(entry.line.state, dated.line.progress)


def state(entry: Entry, kind: str) -> str:
    """How the activity stands, in a word or two."""
    first = entry.dated[0] if len(entry.dated) == 1 else None
    if first and first.state:
        return _standing(entry, first, kind)
    own = any(dated.state for dated in entry.dated)
    if kind == "overdue" or ((own or not entry.whole) and entry.line.state not in CLOSED):
        return kind_word(kind)
    return WORKFLOWS["activity"].state(entry.line.state).label.in_language(lang())


def dates(entry: Entry) -> str:
    """All the dates in force of an activity in a few words."""
    lines = [
        dated.line._replace(due_first=dated.due, due_last=dated.due) for dated in entry.dated if dated.due
    ]
    undated = len(entry.dated) - len(lines)
    if not lines or not undated:
        return terms.brief(lines)
    without = ngettext("%(num)s without a deadline", "%(num)s without a deadline", undated)
    return joined([terms.brief(lines), str(without)])


def extensions(entry: Entry) -> str:
    """Whose dates were extended, in a few words; "" when nobody's was."""
    extended = [dated for dated in entry.dated if dated.extended]
    if len(extended) > 1:
        latest = max(dated.line.due_last for dated in extended if dated.line.due_last)
        return str(
            ngettext(
                "%(num)s date extended, up to %(date)s",
                "%(num)s dates extended, up to %(date)s",
                len(extended),
                date=day_month(latest),
            )
        )
    return "".join(extension(dated, alone=len(entry.dated) == 1) for dated in extended)


def explanations(entry: Entry) -> list[str]:
    """Why dates are others than the order's: days that are not worked, and each extension of several."""
    found = [rule for dated in entry.dated for rule in terms.rules(dated.line._replace(due_last=None))]
    extended = [dated for dated in entry.dated if dated.extended]
    return found + [extension(dated, alone=False) for dated in extended if len(extended) > 1]


def extension(dated: Dated, alone: bool) -> str:
    """An extension with its first date. `alone`: the date in force stands beside it already."""
    first, total = day_month(dated.line.due_first), dated.line.progress.total
    words = {"first": first, "due": day_month(dated.line.due_last), "total": total}
    if dated.extended == total and not alone:
        return str(gettext("%(first)s extended to %(due)s", **words))
    if dated.extended == total and dated.due == dated.line.due_last:
        return str(gettext("extended from %(first)s", **words))
    if dated.extended == total:
        return str(gettext("extended from %(first)s, up to %(due)s", **words))
    some = ngettext(
        "%(num)s of %(total)s extended, up to %(due)s",
        "%(num)s of %(total)s extended, up to %(due)s",
        dated.extended,
        **words,
    )
    return str(some) if alone else f"{first}: {some}"


def mark(entry: Entry, dated: Dated, kind: str) -> str:
    """An occurrence in words: its label, dates in force and standing."""
    line = dated.line
    label = in_language(line, "label") if len(entry.dated) > 1 else ""
    if dated.due is None:
        when = str(gettext("no deadline"))
    elif line.mode == "on" or line.window_start in (None, dated.due):
        when = day_month(dated.due)
    else:
        when = f"{day_month(line.window_start)} – {day_month(dated.due)}"
    return f"{', '.join(filter(None, (label, when)))}: {_standing(entry, dated, kind)}"


def first_date(dated: Dated) -> str:
    """The first date of an extended occurrence."""
    return str(gettext("first date %(first)s", first=day_month(dated.line.due_first)))


def joined(words: Sequence[str]) -> str:
    """Several sayings as one."""
    return "; ".join(filter(None, words))


def _standing(entry: Entry, dated: Dated, kind: str) -> str:
    if kind == "off" and entry.line.state in CLOSED:
        return WORKFLOWS["activity"].state(entry.line.state).label.in_language(lang())
    if kind != "overdue" and dated.state:
        return WORKFLOWS[entry.line.workflow].state(dated.state).label.in_language(lang())
    progress = dated.line.progress
    if progress.total < 2 or kind in ("planned", "off"):
        return kind_word(kind)
    counted = gettext("%(accepted)s of %(total)s accepted", accepted=progress.accepted, total=progress.total)
    return f"{kind_word(kind)}, {counted}"
