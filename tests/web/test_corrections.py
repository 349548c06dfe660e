"""Corrections of figures on the pages: asked for, decided about, told where the figure stands."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.db import Database
from app.domain.permissions import Actor
from app.services import tasks
from app.storage import EvidenceStore
from tests import factories
from tests.web.acting import Login, post, words

pytestmark = pytest.mark.data("plan")
REVIEW = "/plans/2022/review"


@pytest.fixture
def accepted(database: Database, people: dict[str, Actor], store: EvidenceStore, now: datetime) -> int:
    """A task of 4.1 that was accepted with 1 for each of its figures."""
    with database.transaction() as session:
        task = factories.submit(session, store, people["college01"], "4.1", now)
        tasks.fire(session, store, people["deputy"], task.id, "accept", now=now)
        return task.id


def test_a_correction_is_asked_for_declined_asked_for_again_and_confirmed(
    login: Login, accepted: int, store: EvidenceStore
) -> None:
    college, deputy = login("college01"), login("deputy")
    asked = {"version": "3", "figure.graduates": "4", "figure.employed": "3", "figure.at_risk": "1"}
    answer = post(college, f"/tasks/{accepted}/corrections", asked)
    assert answer.status_code == 422
    assert "Please give the reason." in words(answer)
    assert 'value="4"' in answer.text, "what was typed is gone"
    reason = {"reason": "Списки сверены"}
    assert post(college, f"/tasks/{accepted}/corrections", asked | reason).status_code == 303
    page = words(college.get(f"/tasks/{accepted}"))
    assert "counts; a correction waits" in page
    assert "Correction of figures asked for" in page
    assert "Figures corrected" not in page, "the history tells of a wish as of a deed"

    queue = words(deputy.get(REVIEW))
    assert "1 correction of figures" in queue
    assert "Списки сверены" in queue
    declined = {"one": f"{accepted}:4:decline", "group": "corrections"}
    answer = post(deputy, f"{REVIEW}/figures", declined)
    assert answer.status_code == 422
    assert "Please say why it is declined" in words(answer)
    answer = post(deputy, f"{REVIEW}/figures", declined | {f"reason.{accepted}": "Нет приказа"})
    assert answer.status_code == 303
    assert "Списки сверены" not in words(deputy.get(REVIEW))
    assert "The correction of figures was declined" in words(college.get("/tasks"))
    assert "Нет приказа" in words(college.get(f"/tasks/{accepted}"))

    again = asked | {"version": "5", "reason": "Приказ есть"}
    assert post(college, f"/tasks/{accepted}/corrections", again).status_code == 303
    assert post(deputy, f"{REVIEW}/figures", {"one": f"{accepted}:6:confirm"}).status_code == 303
    for page in (f"/tasks/{accepted}", "/plans/2022/indicators/1"):
        told = words(college.get(page))
        assert "<s>1</s> → <strong>4</strong>" in told
        for said in ("Списки сверены", 'declined: <span lang="ru">Нет приказа', "Приказ есть", "confirmed"):
            assert said in told


def test_only_who_gave_a_figure_and_the_controller_are_offered_a_correction(
    login: Login, accepted: int
) -> None:
    page = f"/tasks/{accepted}"
    assert "Ask for a correction of the figures" in words(login("college01").get(page))
    for name in ("centre", "auditor"):
        client = login(name)
        assert "Ask for a correction" not in words(client.get(page))
        sent = {"version": "3", "figure.employed": "0", "reason": "Ошибка"}
        assert post(client, f"{page}/corrections", sent).status_code == 403
    deputy = login("deputy")
    assert "Your correction counts at once." in words(deputy.get(page))
    sent = {"version": "3", "figure.employed": "0", "reason": "По акту сверки"}
    assert post(deputy, f"{page}/corrections", sent).status_code == 303
    assert "The controller corrected figures" in words(login("college01").get("/tasks"))
