"""The demonstration: a story told through the same services that people use."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func, select

from app.db import Database
from app.domain.seed import read_seed
from app.models import Person
from app.services import notices, people
from app.services.passwords import DEMO_PASSWORD
from app.services.plans import find_plan
from app.services.seeding import load_plan
from app.services.story.cast import Cast
from app.services.story.deeds import deeds
from app.services.story.reader import read_script
from app.services.story.telling import Teller
from app.storage import EvidenceStore

__all__ = ["tell"]

#: when the plan and the accounts are entered on the story's first day
_MORNING = time(9)
#: so long after a decision the people whom it concerns know of it
_READ_AFTER = timedelta(days=7)


def tell(database: Database, store: EvidenceStore, folder: Path) -> int:
    """Tell the story of `folder/story.toml` once; how many acts it took, 0 when it was told already.

    An installation that has people is left alone. One transaction tells it whole or not at all:
    1. the plan, when it has not been loaded, on the day when the story opens; 2. the accounts,
    and the public page; 3. every act through its service, on its own date, in the order of time; 4. what
    is older than a week has been read. Raises SeedError.
    """
    with database.read() as session:
        if session.scalar(select(func.count()).select_from(Person)):
            return 0
    seed = read_seed(folder)
    cast = Cast(read_script(folder), seed)
    story = deeds(cast)
    opens = datetime.combine(cast.script.frame.opens, _MORNING, tzinfo=cast.zone).astimezone(UTC)
    with database.transaction() as session:
        load_plan(session, seed, opens)
        for part in cast.parts.values():
            people.add_person(
                session,
                part.username,
                name=part.name,
                role=part.role,
                password=DEMO_PASSWORD,
                now=opens,
                organization=part.organization,
                demo=True,
            )
        teller = Teller(session, store, cast, find_plan(session, seed.plan.code).id)
        teller.open_public_page(opens)
        for deed in story:
            teller.act(deed)
        notices.mark_old_read(session, story[-1].at - _READ_AFTER)
    return len(story)
