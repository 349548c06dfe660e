"""Each guard passes when it should, and otherwise says exactly what is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.facts import Facts
from workflows.guards import GUARDS, Missing, missing_for

RULES: list[tuple[str, Facts, tuple[Missing, ...]]] = [
    # Evidence: only the required slots count, in the order in which they are shown.
    ("evidence_attached", Facts(), ()),
    ("evidence_attached", Facts(required=("paper",), evidence=frozenset({"paper"})), ()),
    (
        "evidence_attached",
        Facts(required=("paper",), evidence=frozenset({"photo"})),
        (Missing("evidence", "paper"),),
    ),
    (
        "evidence_attached",
        Facts(required=("programme", "list", "photo"), evidence=frozenset({"list"})),
        (Missing("evidence", "programme"), Missing("evidence", "photo")),
    ),
    ("figures_given", Facts(), ()),
    ("figures_given", Facts(required_figures=("graduates",), figures=frozenset({"graduates"})), ()),
    (
        "figures_given",
        Facts(required_figures=("graduates", "employed"), figures=frozenset({"graduates"})),
        (Missing("figure", "employed"),),
    ),
    ("reason_given", Facts(reason="нет протокола"), ()),
    ("reason_given", Facts(reason=""), (Missing("reason"),)),
    ("reason_given", Facts(reason=" \n\t"), (Missing("reason"),)),
    ("activity_open", Facts(activity_open=True), ()),
    ("activity_open", Facts(activity_open=False), (Missing("activity_closed"),)),
    # An activity without tasks is not done: there is nothing that could have been accepted.
    ("all_tasks_accepted", Facts(), (Missing("no_tasks"),)),
    ("all_tasks_accepted", Facts(tasks_total=2, tasks_accepted=2), ()),
    ("all_tasks_accepted", Facts(tasks_total=35, tasks_accepted=31), (Missing("tasks_not_accepted", "4"),)),
    ("some_task_started", Facts(tasks_total=3), (Missing("no_task_started"),)),
    ("some_task_started", Facts(tasks_total=3, tasks_started=1), ()),
    # One under review is enough, however many are accepted; one that still owes is too much.
    ("none_left_to_submit", Facts(tasks_total=3, tasks_accepted=2, tasks_review=1), ()),
    ("none_left_to_submit", Facts(tasks_total=3, tasks_accepted=3), (Missing("nothing_under_review"),)),
    ("none_left_to_submit", Facts(tasks_total=3, tasks_review=1), (Missing("tasks_not_submitted", "2"),)),
    ("none_left_to_submit", Facts(), (Missing("nothing_under_review"),)),
    (
        "some_left_to_submit",
        Facts(tasks_total=3, tasks_accepted=2, tasks_review=1),
        (Missing("all_submitted"),),
    ),
    ("some_left_to_submit", Facts(tasks_total=3, tasks_accepted=2), ()),
    ("some_left_to_submit", Facts(), ()),
]


@pytest.mark.parametrize(("guard", "facts", "missing"), RULES)
def test_a_guard_says_what_is_missing(guard: str, facts: Facts, missing: tuple[Missing, ...]) -> None:
    assert GUARDS[guard](facts) == missing


counts = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)).map(
    lambda n: Facts(tasks_accepted=n[0], tasks_review=n[1], tasks_total=sum(n), tasks_started=n[0] + n[1])
)


@given(counts)
@pytest.mark.parametrize(
    ("forth", "back"),
    [("all_tasks_accepted", "some_not_accepted"), ("some_task_started", "no_task_started")],
)
def test_a_guard_and_its_opposite_never_agree(forth: str, back: str, facts: Facts) -> None:
    assert bool(GUARDS[forth](facts)) != bool(GUARDS[back](facts))


def test_everything_missing_is_told_at_once() -> None:
    facts = Facts(required=("paper",), required_figures=("graduates",), activity_open=False)
    assert missing_for(("activity_open", "evidence_attached", "figures_given", "reason_given"), facts) == (
        Missing("activity_closed"),
        Missing("evidence", "paper"),
        Missing("figure", "graduates"),
        Missing("reason"),
    )
