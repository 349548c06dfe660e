"""The page of an activity: what belongs to the reader is made each time, the rest until the plan changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask_babel import gettext

from app.domain.permissions import Actor, may_control, may_open_request, may_remind, task_roles
from app.services import activity_page
from app.services.activity_page import Heading, Participant
from app.services.progress import OccurrenceLine, Progress, occurrences_of, together
from app.web import kinds
from app.web.addresses import list_url
from app.web.formats import lang
from app.web.state import actor, plan, reading, today
from workflows import WORKFLOWS
from workflows.definition import CONTROLLER, Step
from workflows.engine import available

_CLOSED = ("suspended", "withdrawn")


@dataclass(frozen=True, slots=True)
class Group:
    """Executors that the order names with the same words."""

    role: str
    named: str
    members: list[Participant]


@dataclass(frozen=True, slots=True)
class Invitation:
    """A participant «по согласованию», and what the reader may answer."""

    participant: Participant
    kind: str
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class ActivityView:
    """What the reader sees and may do at the top and at the side of the page."""

    head: Heading
    occurrences: list[OccurrenceLine]
    progress: Progress
    kind: str
    groups: list[Group]
    invitations: dict[int, Invitation]
    #: the controller's steps
    steps: list[Step]
    #: the one organisation whose tasks the reader may open; None: everybody's
    own_only: int | None
    reminding: bool
    may_request: bool

    @property
    def owed(self) -> int:
        """How many executors the reader can remind now."""
        return sum(self.owed_in(line) for line in self.occurrences)

    def owed_in(self, line: OccurrenceLine) -> int:
        """How many of them in one occurrence; none in a window that has not begun."""
        return line.progress.owing if self.reminding and line.has_begun(today()) else 0

    @property
    def review_url(self) -> str:
        """Where the review queue has what waits of this activity; empty for who reviews nothing."""
        waits = self.progress.review and may_control(actor())
        return f"{list_url('review.queue')}#activity-{self.head.code}" if waits else ""

    @property
    def section_name(self) -> str:
        """The section in the reader's language."""
        return (self.head.section_gloss if lang() == "en" else "") or self.head.section_title

    @property
    def coordinator(self) -> str:
        """The coordinating organisation in the reader's language."""
        return (self.head.coordinator_gloss if lang() == "en" else "") or self.head.coordinator or ""


def activity_view(code: str) -> ActivityView:
    """Read an activity for its reader. Raises NotFoundError."""
    person = actor()
    head = activity_page.find_heading(reading(), plan().id, code)
    occurrences = occurrences_of(reading(), head.id, today())
    participants = activity_page.participants_of(reading(), head.id)
    progress = together(occurrences)
    on_request = head.workflow == "request" and head.state not in _CLOSED
    return ActivityView(
        head=head,
        occurrences=occurrences,
        progress=progress,
        kind=kinds.of_activity(head.state, progress),
        groups=_groups(participants),
        invitations=_invitations(person, participants, head.coordinator_id),
        steps=_controller_steps(person, head.state),
        own_only=activity_page.own_only(person, head.coordinator_id),
        reminding=may_remind(person, head.coordinator_id),
        may_request=on_request
        and any(may_open_request(person, part.organization_id, head.coordinator_id) for part in participants),
    )


def kind_words(names: Sequence[str]) -> str:
    """Kinds of proof in words: file or link."""
    words = {"file": gettext("file"), "link": gettext("link"), "note": gettext("note")}
    return str(gettext(" or ")).join(words[name] for name in names)


def _groups(participants: Sequence[Participant]) -> list[Group]:
    grouped = groupby(participants, key=lambda part: (part.role, part.named, part.by_agreement))
    return [Group(role, named, list(members)) for (role, named, _), members in grouped]


def _invitations(
    person: Actor, participants: Sequence[Participant], coordinator_id: int | None
) -> dict[int, Invitation]:
    workflow = WORKFLOWS["consent"]
    found = {}
    for part in participants:
        if part.by_agreement:
            roles = task_roles(person, part.organization_id, coordinator_id)
            steps = [option.step for option in available(workflow, part.consent, roles)]
            kind = {"invited": "soon", "agreed": "done", "declined": "off"}[part.consent]
            found[part.id] = Invitation(part, kind, steps)
    return found


def _controller_steps(person: Actor, state: str) -> list[Step]:
    if not may_control(person):
        return []
    return [option.step for option in available(WORKFLOWS["activity"], state, {CONTROLLER})]
