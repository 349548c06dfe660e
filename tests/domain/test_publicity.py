"""What the public is told of a row: less than the people inside know."""

from __future__ import annotations

import pytest

from app.domain.publicity import state_of_date, state_of_row, state_on_request

TASKS = {"total": 3, "accepted": 0, "overdue": 0, "begun": 0}


@pytest.mark.parametrize(
    ("activity", "counts", "shows_lateness", "told"),
    [
        ("planned", {}, True, "planned"),
        ("in_progress", {"begun": 1}, True, "in_progress"),
        # everything waits for the controller: nobody's business
        ("under_review", {"begun": 3}, True, "in_progress"),
        ("in_progress", {"begun": 3, "accepted": 2}, True, "in_progress"),
        ("done", {"begun": 3, "accepted": 3}, True, "done"),
        # one is late, whoever it is
        ("in_progress", {"begun": 3, "accepted": 2, "overdue": 1}, True, "overdue"),
        ("in_progress", {"begun": 3, "accepted": 2, "overdue": 1}, False, "in_progress"),
        ("planned", {"overdue": 3}, False, "planned"),
        # a closed activity is neither late nor done
        ("suspended", {"overdue": 3}, True, "suspended"),
        ("withdrawn", {"accepted": 3, "begun": 3}, True, "withdrawn"),
        # every task of the date was withdrawn one by one
        ("in_progress", {"total": 0}, True, "withdrawn"),
    ],
)
def test_a_date_is_told_as(activity: str, counts: dict[str, int], shows_lateness: bool, told: str) -> None:
    assert state_of_date(activity, **{**TASKS, **counts}, shows_lateness=shows_lateness) == told


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        (["done", "done"], "done"),
        (["done", "planned"], "in_progress"),
        (["planned", "planned"], "planned"),
        (["done", "overdue", "planned"], "overdue"),
        # what was withdrawn speaks only where nothing else does
        (["done", "withdrawn"], "done"),
        (["withdrawn", "withdrawn"], "withdrawn"),
        ([], "withdrawn"),
        (["suspended", "done"], "suspended"),
        (["suspended", "planned"], "planned"),
        (["suspended", "overdue"], "overdue"),
        (["suspended", "in_progress", "done"], "in_progress"),
    ],
)
def test_a_row_is_told_as(dates: list[str], told: str) -> None:
    assert state_of_row(dates) == told


@pytest.mark.parametrize(
    ("activity", "told"),
    [
        ("planned", "planned"),
        ("in_progress", "in_progress"),
        # all that was asked for is done; somebody may ask again tomorrow
        ("done", "in_progress"),
        ("suspended", "suspended"),
        ("withdrawn", "withdrawn"),
    ],
)
def test_what_is_done_on_request_is_told_as(activity: str, told: str) -> None:
    assert state_on_request(activity) == told
