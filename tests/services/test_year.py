"""A year walked day by day: every notice, figure of discipline and standing beside a plain model."""

from __future__ import annotations

from random import Random

import pytest

from app.db import Database
from app.services.discipline.measuring import BASES
from app.storage import EvidenceStore
from tests.services.plain_year import days_from
from tests.services.walking import FIRST, LAST, Year

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

#: what a year must hold for the walk to say anything
EVERYTHING = {
    *("before:14", "before:7", "before:1", "due:0", "after:1", "after:3", "after:7"),
    *("no_data", "at_risk", "on_course", "missed", "met"),
    *("submit", "accept", "return", "withdraw", "reopen", "attach", "confirm", "ask", "grant", "refuse"),
}


def test_every_tenth_day_of_a_year_is_as_the_rules_say(database: Database, store: EvidenceStore) -> None:
    """On the days between people act, and nobody looks: the ladder catches up without a burst."""
    with database.transaction() as session:
        year = Year(session, store, Random(1))
        for number, day in enumerate(days_from(FIRST, LAST)):
            looked_at = number % 10 == 0
            if looked_at:
                year.check_notices(day)
            year.acts(day)
            if looked_at:
                year.check_figures(day, [BASES[number // 10 % 3]])
        assert year.met.keys() >= EVERYTHING
        session.rollback()


@pytest.mark.torture
@pytest.mark.timeout(900)
def test_every_day_of_a_year_is_as_the_rules_say(database: Database, store: EvidenceStore) -> None:
    """Each day counts by another of the bases, so that each of them is looked at every third day."""
    with database.transaction() as session:
        year = Year(session, store, Random(2))
        for number, day in enumerate(days_from(FIRST, LAST)):
            year.check_notices(day)
            year.acts(day)
            year.check_figures(day, [BASES[number % 3]])
        session.rollback()
