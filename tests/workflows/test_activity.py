"""An activity stands where its tasks say, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.activity import ACTIVITY, settle
from workflows.definition import ACCEPTED, CONTROLLER, EXECUTOR, OFF, REVIEW, ROLES, SYSTEM, Facts
from workflows.document import DOCUMENT
from workflows.engine import RoleRefusedError, WrongStateError, available, fire


def facts_of(tasks: Sequence[str]) -> Facts:
    """The counts that a service would gather from the states of the tasks."""
    counted = [state for state in tasks if DOCUMENT.phase(state) != OFF]
    return Facts(
        tasks_total=len(counted),
        tasks_accepted=sum(DOCUMENT.phase(state) == ACCEPTED for state in counted),
        tasks_review=sum(DOCUMENT.phase(state) == REVIEW for state in counted),
        tasks_started=sum(state != DOCUMENT.initial for state in counted),
        reason="протокол № 3",
    )


def settled(state: str, tasks: Sequence[str]) -> str:
    for step in settle(state, facts_of(tasks)):
        state = fire(ACTIVITY, state, step.trigger, {SYSTEM}, facts_of(tasks)).dest
    return state


@pytest.mark.parametrize(
    ("state", "tasks", "expected"),
    [
        ("planned", [], "planned"),
        ("planned", ["planned", "planned"], "planned"),
        ("planned", ["drafting", "planned"], "in_progress"),
        ("planned", ["submitted"], "under_review"),
        ("in_progress", ["submitted", "accepted"], "under_review"),
        ("in_progress", ["submitted", "planned"], "in_progress"),
        ("under_review", ["returned", "accepted"], "in_progress"),
        ("under_review", ["accepted", "accepted"], "done"),
        # A withdrawn task is owed by nobody and holds nothing up.
        ("in_progress", ["accepted", "withdrawn"], "done"),
        # The only task begun was withdrawn: nobody has started.
        ("in_progress", ["withdrawn", "planned"], "planned"),
        ("under_review", ["withdrawn"], "planned"),
        # A task reopened, or one that appeared later, opens a done activity again.
        ("done", ["accepted", "reopened"], "reopened"),
        ("done", ["accepted", "planned"], "reopened"),
        ("reopened", ["accepted", "returned"], "reopened"),
        ("reopened", ["accepted", "submitted"], "under_review"),
        ("reopened", ["accepted", "accepted"], "done"),
        ("done", ["accepted"], "done"),
        # Off the road: tasks do not move it.
        ("suspended", ["accepted"], "suspended"),
        ("withdrawn", ["submitted"], "withdrawn"),
    ],
)
def test_an_activity_follows_its_tasks(state: str, tasks: list[str], expected: str) -> None:
    assert settled(state, tasks) == expected


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        (["planned"], "planned"),
        (["drafting"], "in_progress"),
        (["submitted"], "under_review"),
        (["accepted"], "done"),
    ],
)
def test_a_resumed_activity_goes_where_its_tasks_have_gone_meanwhile(tasks: list[str], expected: str) -> None:
    resumed = fire(ACTIVITY, "suspended", "resume", {CONTROLLER}, Facts()).dest
    assert settled(resumed, tasks) == expected


def test_a_withdrawn_activity_is_reopened_by_the_controller_alone() -> None:
    with pytest.raises(RoleRefusedError):
        fire(ACTIVITY, "withdrawn", "reopen", {EXECUTOR}, facts_of([]))
    assert fire(ACTIVITY, "withdrawn", "reopen", {CONTROLLER}, facts_of([])).dest == "reopened"


def test_a_done_activity_cannot_be_withdrawn_or_suspended() -> None:
    for trigger in ("withdraw", "suspend"):
        with pytest.raises(WrongStateError):
            fire(ACTIVITY, "done", trigger, {CONTROLLER}, facts_of(["accepted"]))


@pytest.mark.parametrize("role", sorted(ROLES - {SYSTEM}))
def test_nobody_drags_an_activity_by_hand(role: str) -> None:
    by_hand = {
        option.step.trigger
        for state in ACTIVITY.states
        for option in available(ACTIVITY, state.name, {role}, facts_of(["accepted"]))
    }
    assert by_hand == ({"suspend", "resume", "withdraw", "reopen"} if role == CONTROLLER else set())


task_states = st.lists(st.sampled_from([state.name for state in DOCUMENT.states]), max_size=5)
activity_states = st.sampled_from([state.name for state in ACTIVITY.states])


@given(activity_states, task_states)
def test_at_most_one_way_is_open_so_the_order_of_declaration_decides_nothing(
    state: str, tasks: list[str]
) -> None:
    options = available(ACTIVITY, state, {SYSTEM}, facts_of(tasks))
    assert sum(not option.missing for option in options) <= 1


@given(activity_states, st.lists(task_states, min_size=1, max_size=6))
def test_done_exactly_when_there_are_tasks_and_all_are_accepted(state: str, history: list[list[str]]) -> None:
    for tasks in history:
        state = settled(state, tasks)
        if state not in ("suspended", "withdrawn"):
            owed = [task for task in tasks if task != "withdrawn"]
            assert (state == "done") == (bool(owed) and set(owed) == {"accepted"})
            assert (state == "under_review") == (
                "submitted" in owed and set(owed) <= {"submitted", "accepted"}
            )
        assert settle(state, facts_of(tasks)) == ()
