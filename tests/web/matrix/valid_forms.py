"""Valid forms of the routes that take one and name an object, so that nothing but the object decides.

`test_matrix.py` sends each to its own object too, where somebody must be able to do it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from tests.infrastructure.signing_in import PASSWORD
from tests.web.matrix.objects import Objects

Values = Mapping[str, Any]
Form = dict[str, Any]
TODAY = date(2022, 6, 15)
REASON = "Так решили на совещании."


def form_of(endpoint: str, objects: Objects, values: Values) -> Form:
    """The fields without the token of the session."""
    made = FORMS[endpoint](objects, values)
    if endpoint in VERSIONED:
        made["version"] = str(objects.version(values["task_id"]))
    return made


def _day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


#: forms that carry the version of the task that they were made from
VERSIONED = {
    *(
        "tasks.transition",
        "tasks.attach",
        "tasks.explain",
        "tasks.ask_for_later_date",
        "tasks.confirm_figures",
    ),
    *("tasks.correct_figures", "tasks.decline_correction", "publishing.give", "publishing.tell"),
}

FORMS: dict[str, Callable[[Objects, Values], Form]] = {
    "account.end_session": lambda _o, _v: {},
    "account.revoke_app_password": lambda _o, _v: {},
    "admin.change_ladder": lambda _o, _v: {"before": "14, 7", "due": "y", "after": "1"},
    "admin.edit_person": lambda _o, _v: {
        "name": "Тридцатый",
        "role": "executor",
        "organization": "college30",
    },
    "admin.end_sessions": lambda _o, _v: {},
    "admin.name_deputy": lambda o, _v: {
        "deputy": o.extra["colleague"],
        "starts_on": _day(30),
        "ends_on": _day(31),
    },
    "admin.rename_organization": lambda _o, _v: {"name": "Колледж", "short_name": "К-30", "gloss_en": ""},
    "admin.reset_second_factor": lambda _o, _v: {},
    "admin.revive_letter": lambda _o, _v: {},
    "admin.run_job": lambda _o, _v: {},
    "admin.set_password": lambda _o, _v: {"password": PASSWORD},
    "admin.set_state": lambda _o, _v: {"active": "0"},
    "admin.word_activity": lambda o, _v: o.extra["words"],
    "bulk.act": lambda o, _v: {"act": "remind", "task": f"{o.extra['owed']}:1"},
    "cards.make": lambda _o, _v: {"report": "organization.docx", "as_of": _day(0)},
    "comments.withdraw": lambda _o, _v: {},
    "comments.write": lambda _o, _v: {"text": "Готовим."},
    "deputies.end": lambda _o, _v: {},
    "extensions.transition": lambda _o, _v: {"trigger": "withdraw", "version": "1"},
    "feeds.make": lambda _o, _v: {"scope": "plan", "show": "window", "components": "events"},
    "feeds.revoke": lambda _o, _v: {},
    "feeds.rotate": lambda _o, _v: {},
    "figures.save": lambda o, _v: o.extra["figures"],
    "figures.upload": lambda _o, _v: {},
    "filters.change": lambda _o, _v: {"act": "first"},
    "filters.save": lambda _o, _v: {"name": "Мой список"},
    "overdue.remind": lambda o, _v: {"task": o.extra["owed"]},
    "plan.answer": lambda _o, _v: {"trigger": "agree", "version": "1"},
    "plan.remind": lambda _o, _v: {},
    "plan.transition": lambda _o, _v: {"trigger": "suspend", "note": REASON},
    "publishing.change": lambda _o, _v: {"is_public": "y", "shows_lateness": "y"},
    "publishing.give": lambda _o, _v: {"title": "Отчёт"},
    "publishing.tell": lambda _o, _v: {"public_text": "Ярмарка вакансий."},
    "reports.make": lambda _o, _v: {"report": "note.docx", "as_of": _day(0)},
    "reports.make_again": lambda _o, _v: {},
    "requests.open": lambda o, _v: o.extra["request"],
    "review.confirm": lambda o, _v: {"trigger": "confirm", "task": o.extra["reviewed"]},
    "review.decide": lambda o, _v: {"trigger": "return", "note": REASON, "task": o.extra["reviewed"]},
    "tasks.ask_for_later_date": lambda _o, _v: {"due": _day(60), "reason": REASON},
    "tasks.attach": lambda o, _v: {f"link.{o.extra['slot']}": "https://example.org/"},
    "tasks.confirm_figures": lambda _o, _v: {},
    "tasks.correct_figures": lambda _o, _v: {"reason": REASON},
    "tasks.decline_correction": lambda _o, _v: {"reason": REASON},
    "tasks.explain": lambda _o, _v: {"explanation": REASON, "expected_on": _day(7)},
    "tasks.remind": lambda _o, _v: {"note": REASON},
    "tasks.transition": lambda _o, _v: {"trigger": "submit", "note": REASON},
}
#: what the state of the object may refuse, though the form is right: the task comes first and is found
REFUSED_BY_STATE = {
    *(
        "tasks.ask_for_later_date",
        "tasks.confirm_figures",
        "tasks.correct_figures",
        "tasks.decline_correction",
    ),
    *("tasks.transition", "tasks.explain", "figures.upload", "figures.save", "review.confirm"),
}

_HOUSE = {"executor"}
_REMINDING = {"coordinator", "controller"}
#: who may do it, of those whom the rule of a route lets in and who see the object; all where nothing is said
MAY: dict[str, set[str]] = {
    "bulk.act": {"executor", "coordinator", "controller"},
    "comments.withdraw": {"executor", "coordinator", "controller", "administrator"},
    "comments.write": {"executor", "coordinator", "controller", "administrator"},
    "extensions.transition": _HOUSE,
    "overdue.remind": _REMINDING,
    "plan.answer": {"controller"},
    "plan.remind": _REMINDING,
    "tasks.ask_for_later_date": _HOUSE,
    "tasks.attach": _HOUSE,
    "tasks.confirm_figures": {"controller"},
    "tasks.correct_figures": {"executor", "controller"},
    "tasks.decline_correction": {"controller"},
    "tasks.explain": _HOUSE,
    "tasks.remind": _REMINDING,
    "tasks.transition": _HOUSE,
}
#: arguments of an address that its form stands at
QUERY = {"filters.save": {"place": "tasks"}}
