"""Whether what was kept is still there and unchanged: the journals' chains and the evidence files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.orm import Session

from app.anchor import Anchored, Head
from app.models import Evidence, JournalEntry, JournalHead, Plan, Task
from app.services.journal import Break, find_break
from app.services.plans import PlanInfo
from app.storage import EvidenceStore

#: what is told of each kind of break
_BROKEN = {
    "changed": "Journal of plan %(plan)s: entry %(position)s was changed after it was written.",
    "missing": "Journal of plan %(plan)s: entry %(position)s is missing.",
    "loose": "Journal of plan %(plan)s: entry %(position)s does not follow from the one before it.",
    "head": "Journal of plan %(plan)s: it does not end where its head says, from entry %(position)s on.",
    "anchor": "Journal of plan %(plan)s: entry %(position)s is not the one that was anchored on %(at)s.",
    "short": "Journal of plan %(plan)s: entry %(position)s is missing. On %(at)s it was anchored with "
    "%(anchored)s entries.",
    "gone": "Journal of plan %(plan)s: it is gone with its plan. On %(at)s it was anchored with %(anchored)s "
    "entries.",
}


class Journal(NamedTuple):
    """What was found of a plan's journal."""

    plan: str
    entries: int
    #: None: the chain holds, and is what was anchored
    broken: Break | None
    #: the last head that was written down outside of the database
    anchored: Anchored | None

    @property
    def told(self) -> tuple[str, dict[str, Any]]:
        """What is wrong: an English msgid, and what fills it in. Instants are UTC."""
        if self.broken is None:
            return "", {}
        params: dict[str, Any] = {"plan": self.plan, "position": self.broken.position}
        if head := self.broken.anchored:
            params |= {"at": f"{head.at:%Y-%m-%d %H:%M} UTC", "anchored": head.position}
        return _BROKEN[self.broken.kind], params


def check_journals(
    session: Session, plans: Sequence[PlanInfo], anchored: Sequence[Anchored]
) -> list[Journal]:
    """Verify the chains of plans, each against the heads of it that were anchored."""
    return [_check(session, plan, [head for head in anchored if head.plan == plan.code]) for plan in plans]


def gone_journals(plans: Sequence[PlanInfo], anchored: Sequence[Anchored]) -> list[Journal]:
    """The journals that were anchored and whose plans are no more; `plans` are all that there are."""
    present = {plan.code for plan in plans}
    furthest: dict[str, Anchored] = {}
    for head in anchored:
        if head.plan not in present and head.position > 0:
            furthest[head.plan] = max(furthest.get(head.plan, head), head, key=lambda each: each.position)
    return [Journal(code, 0, Break(1, "gone", head), head) for code, head in sorted(furthest.items())]


def _check(session: Session, plan: PlanInfo, heads: list[Anchored]) -> Journal:
    broken = find_break(session, plan.id, heads)
    return Journal(plan.code, plan.revision, broken, heads[-1] if heads else None)


_ENDS = (
    select(Plan.code, JournalHead.position, JournalHead.hash, JournalEntry.hash.label("entry"))
    .join(JournalHead, JournalHead.plan_id == Plan.id)
    .outerjoin(
        JournalEntry,
        and_(JournalEntry.plan_id == Plan.id, JournalEntry.position == JournalHead.position),
    )
    .where(JournalHead.position > 0)
    .order_by(Plan.id)
)
_AT = (
    select(JournalEntry.hash)
    .join(Plan, Plan.id == JournalEntry.plan_id)
    .where(Plan.code == bindparam("plan_code"), JournalEntry.position == bindparam("place"))
)


def check_ends(session: Session, last: Mapping[str, Anchored]) -> tuple[list[Head], list[str]]:
    """The present ends of the chains that go on from what was anchored last, and the plans whose do not.

    It asks for two entries a plan, so that it can be asked often; what lies between them it does not see.
    """
    ends = {row.code: row for row in session.execute(_ENDS)}
    strayed = [code for code, row in ends.items() if row.hash != row.entry]
    for code, head in last.items():
        # Of a plan whose loss was accepted nothing is to be found.
        found = head.position == 0 or session.scalar(_AT, {"plan_code": code, "place": head.position})
        if found not in (True, head.hash) and code not in strayed:
            strayed.append(code)
    return [Head(code, row.position, row.hash) for code, row in ends.items() if code not in strayed], strayed


class BadFile(NamedTuple):
    """Evidence whose file is not what it was when it was attached."""

    id: int
    task_id: int
    plan: str
    #: missing | changed: the file. row: it names other bytes than the journal does. gone: there is no row
    fault: str
    #: of the entry of the journal by which it was attached; None: there is none
    position: int | None


class Files(NamedTuple):
    """How many files were checked, and what is wrong with some of them."""

    files: int
    bad: list[BadFile]


_FILES = (
    select(Evidence.id, Evidence.task_id, Evidence.sha256, Evidence.size, Plan.code)
    .join(Task, Task.id == Evidence.task_id)
    .join(Plan, Plan.id == Task.plan_id)
    .where(Evidence.kind == "file")
    .order_by(Evidence.id)
)
#: the acts on tasks, by which files are attached
_ACTS = (
    select(JournalEntry.position, JournalEntry.task_id, JournalEntry.details, Plan.code)
    .join(Plan, Plan.id == JournalEntry.plan_id)
    .where(JournalEntry.task_id.is_not(None), JournalEntry.subject == "task")
    .order_by(Plan.id, JournalEntry.position)
    .execution_options(yield_per=500)
)


def check_evidence(
    session: Session, store: EvidenceStore, *, deep: bool = False, plan_code: str | None = None
) -> Files:
    """Look for the file of every piece of evidence, of a plan or of all.

    It exists with its size, its hash is the one that the journal knows, and (deep) its bytes have that hash.
    """
    of_plan = () if plan_code is None else (Plan.code == plan_code,)
    attached = _attached(session, of_plan)
    bad = []
    files = session.execute(_FILES.where(*of_plan)).all()
    for row in files:
        act = attached.pop(row.id, None)
        fault = _fault(store, row.sha256, row.size, deep=deep)
        if act is not None and act.sha256 != row.sha256:
            fault = "row"
        if fault:
            bad.append(BadFile(row.id, row.task_id, row.code, fault, act.position if act else None))
    bad += (BadFile(key, act.task_id, act.plan, "gone", act.position) for key, act in attached.items())
    return Files(len(files), sorted(bad))


class _Act(NamedTuple):
    """That a file was attached, as the journal tells it."""

    position: int
    task_id: int
    plan: str
    sha256: str


def _attached(session: Session, of_plan: tuple[ColumnElement[bool], ...]) -> dict[int, _Act]:
    """By evidence, the entry of the journal by which its file was attached."""
    return {
        item["id"]: _Act(row.position, row.task_id, row.code, item["sha256"])
        for row in session.execute(_ACTS.where(*of_plan))
        for item in row.details.get("evidence", ())
        if item.get("kind") == "file"
    }


def _fault(store: EvidenceStore, sha256: str, size: int, *, deep: bool) -> str:
    try:
        path = store.path(sha256)
        if path.stat().st_size != size or (deep and _digest(path) != sha256):
            return "changed"
    except (OSError, ValueError):
        return "missing"
    return ""


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
