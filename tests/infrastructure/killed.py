"""The acts that are killed: each does what a page, a command or a worker does, and acknowledges it then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

from app import jobs
from app.domain.errors import ConflictError
from app.domain.seed import Seed, read_seed
from app.making import make_next
from app.schema import migrate
from app.services import tasks
from app.services.evidence import Attachment, Submission
from app.services.people import find_actor
from app.services.seeding import load_plan
from app.work import Work

from .killing import step
from .templates import ROOT

Acknowledge = Callable[[object], None]
Order = dict[str, Any]


class Stream(BytesIO):
    """What comes from a browser, a piece at a time: each is a step."""

    def read(self, size: int | None = -1, /) -> bytes:
        step("the reading of an upload")
        return super().read(min(size or 100, 100))


def fire(work: Work, order: Order, acknowledge: Acknowledge) -> None:
    """A click on a task: `who`, `task`, `trigger`, the `version` that was shown, a `note`, a `link`."""
    links = [Attachment("link", url=order["link"])] if order["link"] else []
    try:
        with work.database.transaction() as session:
            task = tasks.fire(
                *(session, work.store, find_actor(session, order["who"]), order["task"], order["trigger"]),
                now=work.now,
                version=order["version"],
                note=order["note"],
                submission=Submission(links),
            )
    except ConflictError:
        acknowledge("done before")
    else:
        acknowledge(task.version)


def upload(work: Work, order: Order, acknowledge: Acknowledge) -> None:
    """Files for a task: `who`, `task`, the `version` that was shown, the `contents` of each."""
    with work.store.staging() as staged:
        for content in order["contents"]:
            staged.append(work.store.stage(Stream(content.encode()), "paper.pdf"))
        try:
            with work.database.transaction() as session:
                tasks.attach(
                    *(session, work.store, find_actor(session, order["who"]), order["task"]),
                    now=work.now,
                    version=order["version"],
                    submission=Submission([Attachment("file", file=file) for file in staged]),
                )
        except ConflictError:
            acknowledge("done before")
        else:
            acknowledge([file.sha256 for file in staged])


def load(work: Work, order: Order, acknowledge: Acknowledge) -> None:
    """The plan of 2022, in an `edition` whose titles end in its number; 0: as it is."""
    with work.database.transaction() as session:
        loaded = load_plan(session, edition(order["edition"]), work.now)
    acknowledge([loaded.created, loaded.updated])


def edition(number: int) -> Seed:
    """The seed with the number of its edition at the end of every activity's title."""
    seed = _seed()
    if not number:
        return seed
    activities = tuple(replace(each, title=f"{each.title} ({number})") for each in seed.activities)
    return replace(seed, activities=activities)


@cache
def _seed() -> Seed:
    return read_seed(ROOT / "seeds" / "2022")


def bring(work: Work, order: Order, acknowledge: Acknowledge) -> None:
    """The database brought to the level `target`."""
    migrate(work.database, order["target"])
    acknowledge(order["target"])


def run(work: Work, order: Order, acknowledge: Acknowledge) -> None:
    """Jobs by their `names`, one after another, as if it were the moment `at`."""
    for name in order["names"]:
        last = jobs.run(name, replace(work, now=datetime.fromisoformat(order["at"])))
        acknowledge([name, last.failure])


def report(work: Work, order: Order, acknowledge: Acknowledge) -> None:
    """The making of the `report` that was asked for: "", or why it failed; None when it is not to be made."""
    assert work.maker is not None
    acknowledge(make_next(work, work.maker, order["report"]))
