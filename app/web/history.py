"""The journal in words: what each entry says on screen, for the task, the activity and the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.services.history import Entry
from app.services.publishing.words import STAGES
from app.web.addresses import evidence_url
from app.web.caldav import words as refused
from app.web.formats import day, instant, lang, verbatim
from app.web.roles import ROLE_NAMES

#: (subject, action) → what happened, in the past tense
_DONE: dict[tuple[str, str], Any] = {
    ("task", "start"): _l("Drafting started"),
    ("task", "announce"): _l("Marked as announced"),
    ("task", "hold"): _l("Marked as held"),
    ("task", "negotiate"): _l("Negotiation started"),
    ("task", "sign"): _l("Marked as signed"),
    ("task", "collect"): _l("Collecting started"),
    ("task", "request"): _l("Request registered"),
    ("task", "provide"): _l("Marked as provided"),
    ("task", "submit"): _l("Marked as done and sent for review"),
    ("task", "accept"): _l("Accepted"),
    ("task", "return"): _l("Sent back for rework"),
    ("task", "withdraw"): _l("Withdrawn from control"),
    ("task", "reopen"): _l("Reopened"),
    ("task", "attach"): _l("Proof or figures added"),
    ("task", "confirm_figures"): _l("Figures confirmed"),
    ("task", "ask_correction"): _l("Correction of figures asked for"),
    ("task", "correct_figures"): _l("Figures corrected"),
    ("task", "decline_figures"): _l("Correction of figures declined"),
    ("task", "explain"): _l("Reason for the delay given"),
    ("task", "remind"): _l("Reminder sent"),
    ("task", "publish"): _l("Words for the public page entered or corrected"),
    ("task", "unpublish"): _l("Words for the public page withdrawn"),
    ("task", "publish_material"): _l("Proof made public"),
    ("task", "unpublish_material"): _l("Proof is public no longer"),
    ("task", "infected"): _l("A virus was found in a file, which is given to nobody any more"),
    ("task", "tick_refused"): _l("A tick in a calendar program was not taken"),
    ("task", "untick_refused"): _l("A calendar program may not take a tick back"),
    ("task", "change_refused"): _l("A change in a calendar program was not taken"),
    ("task", "delete_refused"): _l("A calendar program may not delete the task"),
    ("extension", "ask"): _l("Later date asked for"),
    ("extension", "grant"): _l("Later date granted"),
    ("extension", "refuse"): _l("Later date refused"),
    ("extension", "withdraw"): _l("Request for a later date taken back"),
    ("comment", "write"): _l("Comment written"),
    ("comment", "withdraw"): _l("Comment withdrawn"),
    ("participation", "agree"): _l("Participation agreed"),
    ("participation", "decline"): _l("Participation declined"),
    ("participation", "reinvite"): _l("Invited again"),
    ("activity", "start"): _l("Activity: work started"),
    ("activity", "review"): _l("Activity: everything submitted"),
    ("activity", "finish"): _l("Activity done: all tasks accepted"),
    ("activity", "resume_work"): _l("Activity: work left to do"),
    ("activity", "unstart"): _l("Activity: back to not started"),
    ("activity", "unfinish"): _l("Activity: open again"),
    ("activity", "suspend"): _l("Activity suspended"),
    ("activity", "resume"): _l("Activity resumed"),
    ("activity", "withdraw"): _l("Activity withdrawn from control"),
    ("activity", "reopen"): _l("Activity reopened"),
    ("activity", "edit"): _l("Texts of the activity edited"),
    ("organization", "edit"): _l("Organisation edited"),
    ("person", "add"): _l("Account added"),
    ("person", "edit"): _l("Account edited"),
    ("person", "delegate"): _l("Deputy named"),
    ("person", "end_delegation"): _l("Deputy’s time ended"),
    ("person", "disable"): _l("Account disabled"),
    ("person", "enable"): _l("Account enabled"),
    ("person", "password"): _l("Password changed"),
    ("person", "reset_password"): _l("Password set anew through a letter"),
    ("person", "second_factor"): _l("Second factor switched on"),
    ("person", "no_second_factor"): _l("Second factor switched off"),
    ("person", "reset_second_factor"): _l("Second factor of an account taken away"),
    ("person", "end_sessions"): _l("Sessions of an account ended"),
    ("person", "app_password"): _l("App password made"),
    ("person", "revoke_app_password"): _l("App password withdrawn"),
    ("report", "make"): _l("Report made"),
    ("plan", "load"): _l("Plan loaded"),
    ("plan", "restore"): _l("Restored from a backup"),
    ("plan", "ladder"): _l("Reminders of due dates changed"),
    ("plan", "public_page"): _l("Public page opened, closed or changed"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the macro `history` shows it."""

    at: datetime
    actor: str
    text: str
    note: str
    #: colour of the entry (see _macros/status.html); "" for none
    kind: str
    #: name and address of the files that came with it
    files: list[tuple[str, str]]
    #: whose task and which occurrence; "" when the entry is about no task
    about: str
    task_id: int | None
    position: int


_KINDS = {
    "submit": "review",
    "accept": "done",
    "finish": "done",
    "return": "returned",
    "reopen": "returned",
    "withdraw": "off",
    "suspend": "off",
    "remind": "soon",
    "infected": "returned",
}


def lines(entries: Iterable[Entry]) -> list[Line]:
    """The entries in the reader's language, in the order given."""
    language, said = lang(), _Said()
    return [_line(entry, language, said) for entry in entries]


def done_words(subject: str, action: str) -> str:
    """What happened, in the past tense."""
    return str(_DONE[subject, action]) if (subject, action) in _DONE else f"{subject}: {action}"


class _Said(dict[tuple[str, str], str]):
    """What happened, translated once a page however often it did."""

    def __missing__(self, key: tuple[str, str]) -> str:
        text = self[key] = done_words(*key)
        return text


def _words(entry: Entry, said: _Said) -> str:
    """What happened, with the figures and dates that belong to it."""
    text = said[entry.subject, entry.action]
    if not entry.details:
        return text
    extra = Markup("; ").join(_extras(entry))
    return Markup("{}: {}").format(text, extra) if extra else text


def _actor_of(entry: Entry, language: str) -> str:
    """Who did it: the person and the organisation; the program itself has its own word."""
    if not entry.person:
        return str(gettext("Vekha, by itself"))
    person = verbatim(entry.person)
    if absent := entry.details.get("for"):
        return called_for(person, absent["name"])
    house = entry.gloss_en if language == "en" and entry.gloss_en else entry.short_name
    return Markup("{}, {}").format(person, house) if house and house not in entry.person else person


def called_for(deputy: str, absent: str) -> str:
    """Who did it for whom, by their names."""
    return Markup(gettext("%(deputy)s for %(person)s")) % {"deputy": deputy, "person": verbatim(absent)}


def _line(entry: Entry, language: str, said: _Said) -> Line:
    about = ""
    if entry.task_organization:
        house = (entry.task_gloss if language == "en" else "") or entry.task_organization
        label = (entry.label_en if language == "en" else "") or entry.label_ru
        about = " · ".join(part for part in (house, label) if part)
    return Line(
        at=entry.at,
        actor=_actor_of(entry, language),
        text=_words(entry, said),
        note=_note(entry),
        kind=_KINDS.get(entry.action, "") if entry.subject != "extension" else "",
        files=[
            (item["name"], evidence_url(item["id"]))
            for item in entry.details.get("evidence", ())
            if item.get("name")
        ],
        about=about,
        task_id=entry.task_id,
        position=entry.position,
    )


def _note(entry: Entry) -> str:
    """What was written with it, and what everybody was told with a stage of an event."""
    told = entry.details.get("public") if entry.action in STAGES else None
    if not told:
        return entry.note
    public = gettext("On the public page: %(text)s", text=told["text"])
    return f"{entry.note}\n{public}" if entry.note else str(public)


def _extras(entry: Entry) -> list[str]:
    details = entry.details
    extras = []
    if entry.subject == "participation" and details.get("organization"):
        extras.append(verbatim(details["organization"]))
    if entry.subject == "extension":
        asked = details["due_granted"] if entry.action == "grant" else details["due_asked"]
        extras.append(
            gettext("%(due)s instead of %(before)s", due=_day(asked), before=_day(details["due_before"]))
        )
    if details.get("expected_on"):
        extras.append(gettext("expected on %(date)s", date=_day(details["expected_on"])))
    if evidence := details.get("evidence"):
        number = len(evidence)
        extras.append(ngettext("%(num)s proof", "%(num)s proofs", number))
    if figures := details.get("figures"):
        extras.append(ngettext("%(num)s figure", "%(num)s figures", len(figures)))
        extras += [f"{before} → {figures[key]}" for key, before in details.get("before", {}).items()]
    if details.get("program"):
        extras += [verbatim(details["program"]), *refused.asked(details)]
        extras += [reason.rstrip(".") for reason in refused.missing(details)]
    if entry.action == "restore":
        extras += _restored(details)
    if (entry.subject, entry.action) == ("person", "edit") and details.get("after"):
        extras += _edited(details["before"], details["after"])
    if entry.action == "request" and details.get("due"):
        extras.append(gettext("due on %(date)s", date=_day(details["due"])))
    return extras


def _edited(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What an administrator changed of an account: what was and what is."""
    for field, value in after.items():
        if field == "role":
            yield f"{ROLE_NAMES[before[field]]} → {ROLE_NAMES[value]}"
        elif field == "heads":
            yield str(
                gettext("heads the organisation") if value else gettext("no longer heads the organisation")
            )
        else:
            yield Markup("{} → {}").format(verbatim(before[field]) or "—", verbatim(value) or "—")


def _restored(details: Mapping[str, Any]) -> Iterator[str]:
    """Of which moment the backup was that took the place of what was there, and what is lost by that."""
    if made_at := details.get("made_at"):
        yield gettext("of %(moment)s", moment=instant(datetime.fromisoformat(made_at)))
    if lost := details.get("lost"):
        yield gettext("what followed, up to entry %(position)s, is lost", position=lost["position"])


def _day(text: str) -> str:
    return day(date.fromisoformat(text))
