"""A plan is loaded from its seed, and loaded again over what people have done since."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.db import Database
from app.domain.seed import read_seed
from app.models import Activity, JournalEntry, Occurrence, Organization, Participation, Plan, Task
from app.models.indicators import ActivityIndicator, Indicator
from app.services.seeding import Loaded, load_plan
from tests.infrastructure.statements import recorded_statements
from workflows import TASK_KINDS
from workflows.definition import ACCEPTED

SEED = Path(__file__).resolve().parents[2] / "seeds" / "2022"

# The table "Tasks that the plan makes": activities, occurrences of each, tasks in all.
_LEAD_ONLY = "1.1 1.3 2.1 2.5 2.6 3.1 3.3 3.4-1 3.4-2 3.4-3 3.4-4 3.5 3.6 3.7 4.4 5.1 6.1 6.2"
TABLE = [
    *((code, 1, 1) for code in _LEAD_ONLY.split()),
    ("1.2", 1, 11),
    ("3.8", 1, 11),
    ("2.2", 2, 2),
    ("2.3", 1, 35),
    ("2.4", 1, 35),
    ("3.2", 1, 35),
    ("4.1", 18, 630),
    ("4.2", 13, 13),
    ("4.3", 0, 0),
    ("4.5", 0, 0),
]


@pytest.mark.data("plan")
def test_the_order_makes_the_tasks_that_its_table_says(database: Database) -> None:
    with database.read() as session:
        codes = dict(session.execute(select(Activity.id, Activity.code)).all())
        occurrences = dict(
            session.execute(
                select(Occurrence.activity_id, func.count()).group_by(Occurrence.activity_id)
            ).all()
        )
        tasks = dict(session.execute(select(Task.activity_id, func.count()).group_by(Task.activity_id)).all())
    found = {(code, occurrences.get(id_, 0), tasks.get(id_, 0)) for id_, code in codes.items()}
    assert found == set(TABLE)
    assert sum(tasks.values()) == 790
    assert len(codes) == 28


@pytest.mark.data("plan")
def test_every_kind_of_task_that_a_seed_may_name_is_a_workflow(database: Database) -> None:
    with database.read() as session:
        kinds = set(session.scalars(select(Activity.workflow)))
    assert kinds == set(TASK_KINDS)


@pytest.mark.data("plan")
def test_loading_again_changes_nothing(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        entries = session.scalar(select(func.count()).select_from(JournalEntry))
        again = load_plan(session, read_seed(SEED), now)
        assert (again.created, again.updated, again.tasks) == (0, 0, 0)
        assert session.scalar(select(func.count()).select_from(JournalEntry)) == entries


@pytest.mark.data("plan")
def test_due_dates_on_days_off_move_to_the_working_day_before(database: Database) -> None:
    with database.read() as session:
        moved = session.execute(
            select(Activity.code, Occurrence.due_nominal, Occurrence.due_first, Occurrence.due_rule)
            .join(Occurrence, Occurrence.activity_id == Activity.id)
            .where(Occurrence.due_first != Occurrence.due_nominal)
        ).all()
    by_code = {(row.code, row.due_nominal): (row.due_first, row.due_rule) for row in moved}
    assert by_code["3.1", date(2022, 4, 30)] == (date(2022, 4, 29), "moved_to_preceding")
    assert by_code["1.2", date(2022, 12, 31)] == (date(2022, 12, 30), "moved_to_preceding")


@pytest.mark.data("plan")
def test_what_people_did_survives_another_loading(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        task_id = session.scalars(select(Task.id).order_by(Task.id)).first()
        session.execute(update(Task).where(Task.id == task_id).values(state="accepted", phase=ACCEPTED))
        session.execute(update(Participation).where(Participation.by_agreement).values(consent="agreed"))
        session.execute(
            update(Organization).where(Organization.key == "college07").values(name="Автодорожный колледж")
        )
        session.execute(update(ActivityIndicator).values(strength="context"))
    with database.transaction() as session:
        load_plan(session, read_seed(SEED), now)
    with database.read() as session:
        assert session.get_one(Task, task_id).state == "accepted"
        assert set(session.scalars(select(Participation.consent))) == {"", "agreed"}
        name = session.scalar(select(Organization.name).where(Organization.key == "college07"))
        assert name == "Автодорожный колледж"
        assert set(session.scalars(select(ActivityIndicator.strength))) == {"context"}


@pytest.fixture
def amended(tmp_path: Path) -> Path:
    """A copy of the seed whose dates an amending order has changed."""
    folder = tmp_path / "2022"
    shutil.copytree(SEED, folder)
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    assert text.count("due = 2022-02-11") == 1
    (folder / "plan.toml").write_text(
        text.replace("due = 2022-02-11", "due = 2022-02-18").replace(
            'short_title = "Перечень востребованных и новых профессий"', 'short_title = "Перечень профессий"'
        ),
        encoding="utf-8",
    )
    return folder


@pytest.mark.data("plan")
def test_an_amended_date_moves_the_tasks_but_not_an_extension(
    database: Database, now: datetime, amended: Path
) -> None:
    with database.transaction() as session:
        ids = session.scalars(
            select(Task.id).join(Activity).where(Activity.code == "2.4").order_by(Task.id)
        ).all()
        session.execute(update(Task).where(Task.id == ids[0]).values(due=date(2022, 3, 1)))
        loaded = load_plan(session, read_seed(amended), now)
    assert loaded.updated >= 2
    with database.read() as session:
        extended, other = session.get_one(Task, ids[0]), session.get_one(Task, ids[1])
        assert (extended.due_first, extended.due) == (date(2022, 2, 18), date(2022, 3, 1))
        assert (other.due_first, other.due, other.due_scored) == (date(2022, 2, 18),) * 3
        title = session.scalar(select(Activity.short_title).where(Activity.code == "1.1"))
        assert title == "Перечень профессий"
        occurrence = session.get_one(Occurrence, other.occurrence_id)
        assert occurrence.revision == 1


@pytest.mark.data("plan")
def test_what_a_loading_adds_to_a_suspended_activity_is_not_owed(database: Database, now: datetime) -> None:
    seed = read_seed(SEED)
    added = replace(seed.organizations[-1], key="college36")
    with database.transaction() as session:
        session.execute(update(Activity).where(Activity.code == "2.4").values(state="suspended"))
        load_plan(session, replace(seed, organizations=(*seed.organizations, added)), now)
        phases = session.execute(
            select(Activity.code, Task.phase)
            .join(Task, Task.activity_id == Activity.id)
            .join(Organization, Organization.id == Task.organization_id)
            .where(Organization.key == "college36", Activity.code.in_(("2.3", "2.4")))
        ).all()
    assert sorted(phases) == [("2.3", "owing"), ("2.4", "off")]


@pytest.mark.data("plan")
def test_a_broken_seed_changes_nothing(database: Database, now: datetime, amended: Path) -> None:
    text = (amended / "indicators.toml").read_text(encoding="utf-8")
    (amended / "indicators.toml").write_text(text.replace('activity = "4.1"', 'activity = "4.9"'), "utf-8")
    with pytest.raises(Exception, match=r"indicators\.toml.*4\.9"), database.transaction() as session:
        load_plan(session, read_seed(amended), now)
    with database.read() as session:
        title = session.scalar(select(Activity.short_title).where(Activity.code == "1.1"))
        assert title == "Перечень востребованных и новых профессий"


@pytest.mark.data("empty")
def test_an_empty_database_takes_the_whole_plan_at_once(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        loaded: Loaded = load_plan(session, read_seed(SEED), now)
    assert loaded.tasks == 790
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Indicator)) == 11


@pytest.mark.data("plan")
def test_nobody_edits_while_a_seed_is_compared_with_what_people_edited(
    database: Database, now: datetime
) -> None:
    with recorded_statements(database) as statements, database.transaction() as session:
        load_plan(session, read_seed(SEED), now)
    holding = next(place for place, text in enumerate(statements) if "journal_head" in text)
    compared = next(place for place, text in enumerate(statements) if "seed_record" in text)
    assert holding < compared


@pytest.mark.data("plan")
@pytest.mark.parametrize(
    ("file", "before", "after", "revised"),
    [
        ("plan.toml", "Планы содействия занятости в организациях", "Планы содействия", {"2.3"}),
        ("organizations.toml", 'Колледж № 1"', 'Колледж № 1 имени"', {"2.3", "2.4", "3.2", "4.1"}),
    ],
)
def test_what_calendars_say_of_a_changed_seed_is_a_revision(
    database: Database, now: datetime, tmp_path: Path, file: str, before: str, after: str, revised: set[str]
) -> None:
    folder = shutil.copytree(SEED, tmp_path / "seed")
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    with database.transaction() as session:
        then = revisions(session)
        load_plan(session, read_seed(folder), now)
        session.flush()
        changed = {
            code for (code, key), revision in revisions(session).items() if revision != then[code, key]
        }
    assert changed == revised


def revisions(session: Session) -> dict[tuple[str, str], int]:
    """Activity and key of each occurrence, and how often it was revised."""
    rows = session.execute(
        select(Activity.code, Occurrence.key, Occurrence.revision).join(
            Activity, Activity.id == Occurrence.activity_id
        )
    )
    return {(code, key): revision for code, key, revision in rows}


@pytest.mark.data("plan")
def test_an_organisation_changed_by_one_plans_seed_is_noted_in_every_plan(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    folder = shutil.copytree(SEED, tmp_path / "2023")
    for name, before, after in (
        ("order.toml", 'code = "2022"', 'code = "2023"'),
        ("organizations.toml", 'Колледж № 1"', 'Колледж № 1 имени"'),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert before in text
        (folder / name).write_text(text.replace(before, after, 1), encoding="utf-8")
    with database.transaction() as session:
        load_plan(session, read_seed(folder), now)
    with database.read() as session:
        noted = session.execute(
            select(Plan.code, JournalEntry.action)
            .join(Plan, Plan.id == JournalEntry.plan_id)
            .where(JournalEntry.subject == "organization")
        ).all()
    assert [tuple(row) for row in noted] == [("2022", "load")]
