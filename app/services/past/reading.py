"""Reading a plan as of a day: a copy of it in memory, rewound from the journal and the dated rows.

The journal tells what was done and when; a row with its own dates (evidence, figures, extensions, reminders)
tells them itself. Figures of the past are therefore not computed by rules of their own: the services that
read today read the copy, and what they find is what they would have found then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.db import in_memory
from app.domain.errors import DayToComeError
from app.domain.schedule import day_end_utc
from app.services.past.copying import Copy
from app.services.past.loadings import undo_loadings
from app.services.past.rewinding import rewind
from app.services.plans import PlanInfo


@contextmanager
def as_of(session: Session, plan: PlanInfo, day: date) -> Iterator[Session]:
    """A session over one plan as it stood at the end of `day` in the plan's zone.

    Every service that reads gives for `today=day` what it gave then: states, dates, extensions, consents,
    proof, figures and their standing, reminders, what a later loading of the seed moved or added. Before
    anything was done that is the plan as it was approved. On either database; nothing can be written.

    Words are today's: titles, the names of organisations and people, texts that an administrator edited;
    so is who coordinates, for who may see is asked today. Versions of forms are today's too, and what is a
    person's own is left out: notices, sessions, subscriptions, reports. The past of the demonstration's 790
    tasks takes about 0.1 s, most of it for copying; a page that shows today should not ask for it.
    """
    end = day_end_utc(day, plan.zone)
    copy = Copy(session, plan, end)
    undo_loadings(copy)
    rewind(copy)
    with in_memory() as connection:
        copy.write(connection)
        connection.exec_driver_sql("PRAGMA query_only=ON")
        with Session(connection, expire_on_commit=False, autoflush=False) as then:
            yield then


def check_day(plan: PlanInfo, day: date, now: datetime) -> date:
    """The day, when it can be told of: today or before. Raises DayToComeError."""
    if day > plan.today(now):
        raise DayToComeError("as_of")
    return day
