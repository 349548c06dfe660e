"""The journal in words: whatever can be recorded has a sentence of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.services.history import Entry
from app.web.history import lines
from workflows import TASK_KINDS, WORKFLOWS

pytestmark = pytest.mark.one_database

ACTIONS = sorted(
    {("task", step.trigger) for kind in TASK_KINDS for step in WORKFLOWS[kind].steps}
    | {("task", action) for action in ("attach", "confirm_figures", "explain", "remind")}
    | {("extension", action) for action in ("ask", *(step.trigger for step in WORKFLOWS["extension"].steps))}
    | {("participation", step.trigger) for step in WORKFLOWS["consent"].steps}
    | {("activity", step.trigger) for step in WORKFLOWS["activity"].steps}
    | {("plan", "load"), ("plan", "restore")}
)
DATES = {"due_before": "2022-06-30", "due_asked": "2022-09-15", "due_granted": "2022-09-01"}


def entry(subject: str, action: str, **more: Any) -> Entry:
    fields: dict[str, Any] = {
        **{"position": 1, "at": datetime(2022, 6, 15, 9, tzinfo=UTC), "person": "Контролёр"},
        **{"short_name": "", "gloss_en": "", "subject": subject, "subject_id": 1, "action": action},
        **{"state_before": "", "state_after": "", "note": "", "activity_id": 1, "task_id": 1},
        **{"details": DATES if subject == "extension" else {}},
        **{"task_organization": None, "task_gloss": "", "label_ru": None, "label_en": None},
    }
    return Entry(**(fields | more))


@pytest.mark.parametrize(("subject", "action"), ACTIONS)
def test_every_action_has_words(app: Flask, subject: str, action: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        (line,) = lines([entry(subject, action)])
    assert line.text
    assert f"{subject}: {action}" not in line.text


def test_an_entry_says_what_came_with_it_and_who_did_it(app: Flask) -> None:
    evidence = [{"id": 7, "name": "План.pdf"}, {"id": 8, "name": ""}]
    own = entry(
        "task",
        "submit",
        short_name="Колледж № 1",
        details={"evidence": evidence, "figures": {"graduates": "90"}},
    )
    alone = entry("activity", "start", person="")
    with app.test_request_context(headers={"Accept-Language": "en"}):
        first, second = lines([own, alone])
    assert first.text == "Marked as done and sent for review: 2 proofs; 1 figure"
    assert first.files == [("План.pdf", "/evidence/7")]
    assert first.actor == '<span lang="ru">Контролёр</span>, Колледж № 1'
    assert second.actor == "Vekha, by itself"


def test_a_changed_account_is_told_with_what_it_was_and_is(app: Flask) -> None:
    before = {"role": "executor", "organization": "college01", "heads": False}
    after = {"role": "controller", "organization": None, "heads": True}
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        (line,) = lines([entry("person", "edit", details={"before": before, "after": after})])
    assert line.text == (
        "Учётная запись изменена: Исполнитель → Контролёр; college01 → —; возглавляет организацию"
    )


def test_a_restored_backup_is_told_with_its_moment_and_what_is_lost(app: Flask) -> None:
    details = {"made_at": "2022-06-15T00:40:07+00:00", "lost": {"position": 1200, "hash": "0" * 64}}
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        lost, whole = lines([entry("plan", "restore", details=details), entry("plan", "restore")])
    assert lost.text == (
        "Восстановлено из резервной копии: от 15.06.2022, 00:40; последующие записи, до записи 1200, утрачены"
    )
    assert whole.text == "Восстановлено из резервной копии"


def test_a_later_date_is_told_with_the_date_that_it_moves(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        told = lines([entry("extension", "ask"), entry("extension", "grant")])
    assert [line.text for line in told] == [
        "Later date asked for: 15 September 2022 instead of 30 June 2022",
        "Later date granted: 1 September 2022 instead of 30 June 2022",
    ]
