"""Reports that are made beside requests: asked for once, never lost, never kept twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import alive, jobs
from app.db import Database
from app.domain.errors import NotAllowedError, NotFoundError
from app.domain.permissions import Actor
from app.models import JournalEntry, Report
from app.services.plans import PlanInfo, find_plan
from app.services.reports import asked, kept
from app.services.reports.asked import ATTEMPTS, LIFE, Asked
from app.storage import EvidenceStore
from app.work import Making, Work
from config import Config
from tests import factories

pytestmark = pytest.mark.data("plan")


@pytest.fixture
def deputy(database: Database, now: datetime) -> Actor:
    with database.transaction() as session:
        return factories.actor(session, "deputy", now, role="controller")


@pytest.fixture
def plan(database: Database) -> PlanInfo:
    with database.read() as session:
        return find_plan(session, "2022")


@pytest.fixture
def work(app_config: Config, database: Database, now: datetime) -> Work:
    def write(making: Making) -> None:
        making.out.write(f"{making.plan.code} {making.asked.kind}".encode())

    return Work(app_config, database, EvidenceStore(app_config.evidence, 10), now, maker=write)


def wanted(plan: PlanInfo, now: datetime, **others: Any) -> Asked:
    return replace(Asked("execution", "docx", plan.today(now), "Отчёт.docx"), **others)


def ask(work: Work, actor: Actor, plan: PlanInfo, nonce: str = "", **others: Any) -> int:
    with work.database.transaction() as session:
        return asked.ask_for(
            session, actor, plan, wanted(plan, work.now, **others), now=work.now, nonce=nonce
        )


def stored(work: Work) -> list[Report]:
    with work.database.read() as session:
        return list(session.scalars(select(Report).order_by(Report.id)))


def journaled(work: Work) -> int:
    with work.database.read() as session:
        return len(session.scalars(select(JournalEntry).where(JournalEntry.subject == "report")).all())


def test_what_was_asked_for_is_made_and_kept_with_its_hash(work: Work, deputy: Actor, plan: PlanInfo) -> None:
    report_id = ask(work, deputy, plan)
    assert stored(work)[0].state == "waiting"
    with work.database.read() as session, pytest.raises(NotFoundError):
        kept.find_report(session, deputy, plan.id, report_id)
    assert jobs.run("reports", work).result == {"made": 1, "failed": 0}
    with work.database.read() as session:
        line = kept.find_report(session, deputy, plan.id, report_id)
    # Longer than an upload may be: the limit is for what comes from outside.
    assert work.store.path(line.sha256).read_bytes() == b"2022 execution"
    assert (line.state, line.size, line.name, journaled(work)) == ("ready", 14, "Отчёт.docx", 1)
    assert jobs.run("reports", work).result == {"made": 0, "failed": 0}


def test_asking_twice_makes_one_and_asking_for_something_else_makes_another(
    work: Work, deputy: Actor, plan: PlanInfo
) -> None:
    first = ask(work, deputy, plan, nonce="a")
    assert ask(work, deputy, plan, nonce="b") == first
    others = [
        ask(work, deputy, plan, kind="note"),
        ask(work, deputy, plan, parameters={"from": "2022-01-01"}),
        ask(work, deputy, plan, as_of=plan.period_start),
        ask(work, deputy, plan, scope="college01"),
    ]
    assert len({first, *others}) == len(stored(work)) == 5
    jobs.run("reports", work)
    # The same form, sent again after all is done, makes nothing; a new one does: the plan has gone on.
    assert ask(work, deputy, plan, nonce="a") == first
    assert ask(work, deputy, plan, nonce="c") > max(others)


def test_a_making_that_was_cut_off_is_begun_anew_when_it_gives_no_sign_of_life(
    work: Work, deputy: Actor, plan: PlanInfo
) -> None:
    ask(work, deputy, plan)
    machine = work.config.clock.machine()
    with work.database.transaction() as session:
        first = asked.take(session, machine - LIFE - timedelta(seconds=1))
    assert first is not None
    assert jobs.run("reports", work).result["made"] == 1
    # Whoever was thought dead and is not keeps nothing twice, and spoils nothing.
    with work.store.drafting() as draft:
        draft.write(b"late")
        file = work.store.made(draft, "late.docx")
        with work.database.transaction() as session:
            assert not asked.keep(session, work.store, first, file, work.now)
            asked.give_up(session, first, "late")
    assert not work.store.path(file.sha256).exists()
    [report] = stored(work)
    assert (report.state, report.name, report.error, journaled(work)) == ("ready", "Отчёт.docx", "", 1)


def test_a_making_that_shows_life_is_left_alone(
    work: Work, deputy: Actor, plan: PlanInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alive, "PAUSE", 0.01)
    ask(work, deputy, plan)

    def write(making: Making) -> None:
        with work.database.transaction() as session:
            # As if it had been silent for long: the next sign of life comes by itself.
            session.scalars(select(Report)).one().alive_until = work.now
        for _ in range(1000):
            with work.database.read() as session:
                until = session.scalars(select(Report.alive_until)).one()
            if until and until > work.config.clock.machine():
                break
            alive.threading.Event().wait(0.01)
        with work.database.transaction() as session:
            assert asked.take(session, work.config.clock.machine()) is None
        making.out.write(b"done")

    assert jobs.run("reports", replace(work, maker=write)).result == {"made": 1, "failed": 0}


def test_a_report_that_kills_whoever_makes_it_is_given_up_and_can_be_asked_for_again(
    work: Work, deputy: Actor, plan: PlanInfo
) -> None:
    report_id = ask(work, deputy, plan)
    moment = work.config.clock.machine() - timedelta(days=1)
    for _ in range(ATTEMPTS):
        with work.database.transaction() as session:
            assert asked.take(session, moment)
        moment += LIFE + timedelta(seconds=1)
    assert jobs.run("reports", work).result == {"made": 0, "failed": 0}
    assert stored(work)[0].state == "failed"
    assert ask(work, deputy, plan) == report_id
    assert jobs.run("reports", work).result["made"] == 1


def test_a_report_that_cannot_be_made_says_why_and_keeps_no_other_waiting(
    work: Work, deputy: Actor, plan: PlanInfo, tmp_path: Path
) -> None:
    def refuse(making: Making) -> None:
        if making.asked.kind == "note":
            making.out.write(b"half")
            raise RuntimeError("no ink left\nand more")
        making.out.write(b"whole")

    broken, sound = ask(work, deputy, plan, kind="note"), ask(work, deputy, plan)
    last = jobs.run("reports", replace(work, maker=refuse))
    assert last.words == "1 reports could not be made. The last one: RuntimeError: no ink left"
    assert [(each.id, each.state, each.error) for each in stored(work)] == [
        (broken, "failed", "RuntimeError: no ink left"),
        (sound, "ready", ""),
    ]
    assert list((work.store.root / "incoming").iterdir()) == []
    with work.database.transaction() as session:
        asked.ask_again(session, deputy, plan.id, broken, now=work.now)
        with pytest.raises(NotFoundError):
            asked.ask_again(session, deputy, plan.id, sound, now=work.now)
    assert jobs.run("reports", work).result == {"made": 1, "failed": 0}


def test_executors_neither_ask_for_reports_nor_have_them_tried_again(
    work: Work, deputy: Actor, plan: PlanInfo
) -> None:
    report_id = ask(work, deputy, plan)
    with work.database.transaction() as session:
        college = factories.actor(session, "college01", work.now)
        with pytest.raises(NotAllowedError):
            asked.ask_for(session, college, plan, wanted(plan, work.now), now=work.now)
        with pytest.raises(NotAllowedError):
            asked.ask_again(session, college, plan.id, report_id, now=work.now)
