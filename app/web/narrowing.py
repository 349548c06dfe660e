"""What narrows a list of tasks, read from the address and written into it.

Every condition is an argument of the address: `section`, `executor`, `activity`, `indicator`, `q`, `state`,
`from`, `to`, `late`, `evidence`, `extension`, `returned`. What is no value of its argument narrows nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from flask import request
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from app.domain.search import LONGEST_QUESTION
from app.domain.texts import one_line
from app.services.filters import ListChoices
from app.services.task_filter import EXTENSIONS, WITH, WITHOUT, Filter
from app.web.addresses import list_url
from app.web.formats import lang, named, short_day
from app.web.numbers import whole
from workflows import TASK_KINDS, WORKFLOWS
from workflows.definition import Label

#: state of a task → its label, in the order of the workflows
STATES: dict[str, Label] = {
    state.name: state.label for kind in TASK_KINDS for state in WORKFLOWS[kind].states
}
EVIDENCE_NAMES = {WITH: _l("something is attached"), WITHOUT: _l("nothing is attached")}
EXTENSION_NAMES = dict(
    zip(
        EXTENSIONS,
        (_l("a later date is asked for"), _l("a later date was granted"), _l("a later date was refused")),
        strict=True,
    )
)
#: days late that a list can be narrowed to
_LATEST = 9999


class Condition(NamedTuple):
    """One of the conditions that narrow a list, in words, and the list without it."""

    words: str
    url: str


def narrowed() -> Filter:
    """The filter that the address names."""
    return filter_of(request.args)


def filter_of(arguments: Mapping[str, str]) -> Filter:
    """The filter that arguments of an address name."""
    late = whole(arguments.get("late"))
    state, evidence = arguments.get("state", ""), arguments.get("evidence", "")
    extension = arguments.get("extension", "")
    return Filter(
        section=whole(arguments.get("section")),
        organization=one_line(arguments.get("executor", ""))[:40],
        indicator=whole(arguments.get("indicator")),
        activity=one_line(arguments.get("activity", ""))[:20],
        text=one_line(arguments.get("q", "")[: 2 * LONGEST_QUESTION])[:LONGEST_QUESTION],
        state=state if state in STATES else "",
        due_from=_day(arguments.get("from", "")),
        due_to=_day(arguments.get("to", "")),
        late=min(late, _LATEST) if late else None,
        evidence=evidence if evidence in EVIDENCE_NAMES else "",
        extension=extension if extension in EXTENSION_NAMES else "",
        returned=arguments.get("returned", "") == "1",
    )


def arguments(narrowed: Filter) -> dict[str, object]:
    """The filter as arguments of an address; empty ones are left out."""
    named = {
        "section": narrowed.section,
        "executor": narrowed.organization,
        "indicator": narrowed.indicator,
        "activity": narrowed.activity,
        "q": narrowed.text,
        "state": narrowed.state,
        "from": narrowed.due_from and narrowed.due_from.isoformat(),
        "to": narrowed.due_to and narrowed.due_to.isoformat(),
        "late": narrowed.late,
        "evidence": narrowed.evidence,
        "extension": narrowed.extension,
        "returned": "1" if narrowed.returned else "",
    }
    return {name: value for name, value in named.items() if value not in (None, "")}


def fitting(asked: Filter, choices: ListChoices) -> tuple[Filter, list[str]]:
    """The filter without what the plan does not have (any more), and that in words."""
    lost = []
    if asked.section is not None and asked.section not in {each.number for each in choices.sections}:
        lost.append(gettext("section %(number)s", number=asked.section))
        asked = replace(asked, section=None)
    if asked.organization and asked.organization not in {each.key for each in choices.executors}:
        lost.append(gettext("executor “%(name)s”", name=asked.organization))
        asked = replace(asked, organization="")
    if asked.activity and asked.activity not in {each.code for each in choices.activities}:
        lost.append(gettext("activity %(code)s", code=asked.activity))
        asked = replace(asked, activity="")
    if asked.indicator is not None and asked.indicator not in {each.number for each in choices.indicators}:
        lost.append(gettext("indicator %(number)s", number=asked.indicator))
        asked = replace(asked, indicator=None)
    return asked, [str(each) for each in lost]


def conditions(
    narrowed: Filter, choices: ListChoices, endpoint: str, kept: Mapping[str, object]
) -> list[Condition]:
    """Each condition in words with the address of the list without it; `kept` stays in the address."""
    words = _words(narrowed, choices)
    given = arguments(narrowed)
    return [
        Condition(text, list_url(endpoint, {**given, **kept, name: None})) for name, text in words.items()
    ]


def filter_names() -> dict[str, dict[str, Any]]:
    """The options of the form that are no part of the plan, in words."""
    states = {name: label.in_language(lang()) for name, label in STATES.items()}
    return {"states": states, "evidence": EVIDENCE_NAMES, "extensions": EXTENSION_NAMES}


def _words(narrowed: Filter, choices: ListChoices) -> dict[str, str]:
    """Argument of the address → what it asks for."""
    names: dict[str, Any] = {
        "section": _named(choices.sections, 0, narrowed.section, _l("Section")),
        "executor": _named(choices.executors, 0, narrowed.organization),
        "activity": _named(choices.activities, 0, narrowed.activity, ""),
        "indicator": _named(choices.indicators, 0, narrowed.indicator, _l("Indicator")),
        "q": narrowed.text and gettext("words “%(text)s”", text=narrowed.text),
        "state": STATES[narrowed.state].in_language(lang()) if narrowed.state else "",
        "from": narrowed.due_from and gettext("due from %(date)s", date=short_day(narrowed.due_from)),
        "to": narrowed.due_to and gettext("due up to %(date)s", date=short_day(narrowed.due_to)),
        "late": narrowed.late
        and ngettext("at least %(num)s day late", "at least %(num)s days late", narrowed.late),
        "evidence": EVIDENCE_NAMES.get(narrowed.evidence),
        "extension": EXTENSION_NAMES.get(narrowed.extension),
        "returned": narrowed.returned and gettext("returned at least once"),
    }
    return {name: str(text) for name, text in names.items() if text}


def _named(options: Any, field: int, value: object, kind: object = None) -> str:
    """The option of that value: its name, behind what kind it is and its number where it has one."""
    option = next((each for each in options if each[field] == value), None)
    if option is None:
        return ""
    return named(option) if kind is None else f"{kind} {value}. {named(option)}".strip()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
