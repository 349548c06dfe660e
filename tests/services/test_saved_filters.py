"""Lists under a name: a person's own, one of a name, in the order that it wants."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.errors import InvalidInputError, NotFoundError
from app.domain.permissions import Actor
from app.services import saved_filters
from app.services.plans import find_plan
from tests.services.cast import People

pytestmark = pytest.mark.data("plan")


def names(session: Session, actor: Actor, place: str = "tasks") -> list[str]:
    plan_id = find_plan(session, "2022").id
    return [line.name for line in saved_filters.saved_lines(session, actor, plan_id, place)]


def test_lists_are_kept_replaced_renamed_put_first_and_deleted(
    database: Database, people: People, now: datetime
) -> None:
    deputy, auditor = people.deputy, people.auditor
    with database.transaction() as session:
        plan_id = find_plan(session, "2022").id

        def save(actor: Actor, name: str, place: str = "tasks", **arguments: str) -> int:
            return saved_filters.save(session, actor, plan_id, place, name, arguments, now=now)

        first = save(deputy, "  Просрочка\nраздела 4 ", section="4")
        second = save(deputy, "Базы", activity="4.1")
        save(deputy, "Базы", place="overdue")
        foreign = save(auditor, "Базы")
        assert names(session, deputy) == ["Просрочка раздела 4", "Базы"]
        # the same name: the same list, with what it narrows to now
        assert save(deputy, "Базы", activity="4.1", late="7") == second
        lines = saved_filters.saved_lines(session, deputy, plan_id, "tasks")
        assert lines[1].arguments == {"activity": "4.1", "late": "7"}
        saved_filters.put_first(session, deputy, second)
        session.flush()
        assert names(session, deputy) == ["Базы", "Просрочка раздела 4"]
        with pytest.raises(InvalidInputError):
            saved_filters.rename(session, deputy, first, "Базы")
        saved_filters.rename(session, deputy, first, "Раздел 4")
        for act in (saved_filters.remove, saved_filters.put_first):
            with pytest.raises(NotFoundError):
                act(session, deputy, foreign)
        saved_filters.remove(session, deputy, second)
        session.flush()
        assert names(session, deputy) == ["Раздел 4"]
        assert names(session, deputy, "overdue") == ["Базы"]
        assert names(session, auditor) == ["Базы"]


@pytest.mark.parametrize("name", ["", "  ", "\u202e", "я" * 81])
def test_a_name_that_says_nothing_or_too_much_is_not_taken(
    database: Database, people: People, now: datetime, name: str
) -> None:
    with database.transaction() as session:
        plan_id = find_plan(session, "2022").id
        with pytest.raises(InvalidInputError):
            saved_filters.save(session, people.deputy, plan_id, "tasks", name, {}, now=now)


def test_nobody_keeps_lists_without_end(database: Database, people: People, now: datetime) -> None:
    with database.transaction() as session:
        plan_id = find_plan(session, "2022").id
        for number in range(saved_filters.MOST):
            saved_filters.save(session, people.deputy, plan_id, "tasks", f"Список {number}", {}, now=now)
        with pytest.raises(InvalidInputError):
            saved_filters.save(session, people.deputy, plan_id, "tasks", "Ещё один", {}, now=now)
        saved_filters.save(session, people.deputy, plan_id, "tasks", "Список 0", {"late": "1"}, now=now)
