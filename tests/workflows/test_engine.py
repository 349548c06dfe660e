"""The engine: every legal step, every refusal, and agreement with a model that knows no library."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import TASK_KINDS, WORKFLOWS
from workflows.definition import CONTROLLER, COORDINATOR, EXECUTOR, ROLES, SYSTEM, Facts, Workflow
from workflows.engine import (
    GuardRefusedError,
    RoleRefusedError,
    UnknownTriggerError,
    WorkflowError,
    WrongStateError,
    available,
    fire,
)
from workflows.guards import GUARDS, Missing

READY = Facts(required=("paper",), evidence=frozenset({"paper"}), reason="протокол № 3")

# Stages of each kind: the trigger, where it may be fired, where it leads.
STAGES: dict[str, list[tuple[str, set[str], str]]] = {
    "document": [("start", {"planned"}, "drafting")],
    "event": [("announce", {"planned"}, "announced"), ("hold", {"planned", "announced"}, "held")],
    "agreement": [
        ("negotiate", {"planned"}, "negotiating"),
        ("sign", {"planned", "negotiating"}, "signed"),
    ],
    "monitoring": [("collect", {"planned"}, "collecting")],
    "request": [("request", {"planned"}, "requested"), ("provide", {"planned", "requested"}, "provided")],
}


def legal_task_steps(kind: str) -> set[tuple[str, str, str, str]]:
    """(role, source, trigger, dest) written out from the rules, not from the declarations."""
    stages = STAGES[kind]
    steps = {(EXECUTOR, source, trigger, dest) for trigger, sources, dest in stages for source in sources}
    if kind == "request":  # whoever receives the request registers it
        steps |= {(role, "planned", "request", "requested") for role in ROLES}
    before_review = {"planned", *(dest for _, _, dest in stages), "returned", "reopened"}
    steps |= {(EXECUTOR, source, "submit", "submitted") for source in before_review}
    steps |= {(CONTROLLER, source, "withdraw", "withdrawn") for source in before_review | {"submitted"}}
    steps |= {
        (CONTROLLER, "submitted", "accept", "accepted"),
        (CONTROLLER, "submitted", "return", "returned"),
    }
    steps |= {(CONTROLLER, source, "reopen", "reopened") for source in ("accepted", "withdrawn")}
    return steps


OTHER_STEPS: dict[str, set[tuple[str, str, str, str]]] = {
    "extension": {
        (CONTROLLER, "requested", "grant", "granted"),
        (CONTROLLER, "requested", "refuse", "refused"),
        (EXECUTOR, "requested", "withdraw", "withdrawn"),
    },
    "consent": {
        (EXECUTOR, "invited", "agree", "agreed"),
        (CONTROLLER, "invited", "agree", "agreed"),
        (EXECUTOR, "invited", "decline", "declined"),
        (CONTROLLER, "invited", "decline", "declined"),
        (CONTROLLER, "declined", "reinvite", "invited"),
        (COORDINATOR, "declined", "reinvite", "invited"),
    },
}

LEGAL = {kind: legal_task_steps(kind) for kind in TASK_KINDS} | OTHER_STEPS


@pytest.mark.parametrize("name", LEGAL)
def test_exactly_the_legal_steps_can_be_taken(name: str) -> None:
    flow = WORKFLOWS[name]
    taken = set()
    for role in ROLES:
        for state in flow.states:
            for trigger in flow.triggers():
                try:
                    step = fire(flow, state.name, trigger, {role}, READY)
                except (WrongStateError, RoleRefusedError):
                    continue
                taken.add((role, state.name, trigger, step.dest))
    assert taken == LEGAL[name]


@pytest.mark.parametrize("kind", TASK_KINDS)
def test_a_task_can_be_submitted_without_a_single_stage(kind: str) -> None:
    assert fire(WORKFLOWS[kind], "planned", "submit", {EXECUTOR}, READY).dest == "submitted"


@pytest.mark.parametrize("kind", TASK_KINDS)
def test_a_returned_task_is_submitted_again_and_accepted(kind: str) -> None:
    state = "planned"
    for trigger, role in [
        ("submit", EXECUTOR),
        ("return", CONTROLLER),
        ("submit", EXECUTOR),
        ("accept", CONTROLLER),
        ("reopen", CONTROLLER),
        ("submit", EXECUTOR),
    ]:
        state = fire(WORKFLOWS[kind], state, trigger, {role}, READY).dest
    assert state == "submitted"


def test_an_unknown_trigger_is_not_a_wrong_state() -> None:
    with pytest.raises(UnknownTriggerError, match="'publish'"):
        fire(WORKFLOWS["document"], "planned", "publish", {EXECUTOR}, READY)


def test_a_wrong_state_names_what_is_open_instead() -> None:
    with pytest.raises(WrongStateError) as caught:
        fire(WORKFLOWS["document"], "accepted", "submit", {EXECUTOR}, READY)
    assert (caught.value.state, caught.value.trigger) == ("accepted", "submit")
    assert caught.value.allowed == ("reopen",)


def test_a_state_that_the_workflow_does_not_have_is_a_wrong_state() -> None:
    with pytest.raises(WrongStateError, match="none"):
        fire(WORKFLOWS["document"], "held", "submit", {EXECUTOR}, READY)


def test_a_foreign_role_is_refused_before_anything_is_said_about_evidence() -> None:
    with pytest.raises(RoleRefusedError, match="executor"):
        fire(
            WORKFLOWS["document"], "planned", "submit", {CONTROLLER, COORDINATOR}, Facts(required=("paper",))
        )


def test_one_fitting_role_among_several_is_enough() -> None:
    assert fire(WORKFLOWS["document"], "planned", "submit", {CONTROLLER, EXECUTOR}, READY).dest == "submitted"


def test_a_refused_guard_lists_everything_that_is_missing() -> None:
    facts = Facts(required=("table", "note"), evidence=frozenset({"note"}), required_figures=("employed",))
    with pytest.raises(GuardRefusedError, match="evidence table, figure employed") as caught:
        fire(WORKFLOWS["monitoring"], "collecting", "submit", {EXECUTOR}, facts)
    assert caught.value.missing == (Missing("evidence", "table"), Missing("figure", "employed"))


def test_nothing_is_submitted_while_the_activity_is_suspended() -> None:
    with pytest.raises(GuardRefusedError) as caught:
        fire(WORKFLOWS["event"], "held", "submit", {EXECUTOR}, Facts(activity_open=False))
    assert caught.value.missing == (Missing("activity_closed"),)


NEEDS_A_REASON = [
    *((kind, "submitted", "return", CONTROLLER) for kind in TASK_KINDS),
    *((kind, "planned", "withdraw", CONTROLLER) for kind in TASK_KINDS),
    *((kind, "accepted", "reopen", CONTROLLER) for kind in TASK_KINDS),
    ("extension", "requested", "refuse", CONTROLLER),
    ("consent", "invited", "decline", EXECUTOR),
    ("activity", "planned", "suspend", CONTROLLER),
    ("activity", "planned", "withdraw", CONTROLLER),
    ("activity", "withdrawn", "reopen", CONTROLLER),
]


@pytest.mark.parametrize(("name", "state", "trigger", "role"), NEEDS_A_REASON)
def test_what_undoes_or_refuses_needs_a_reason(name: str, state: str, trigger: str, role: str) -> None:
    with pytest.raises(GuardRefusedError) as caught:
        fire(WORKFLOWS[name], state, trigger, {role}, Facts(reason=" "))
    assert caught.value.missing == (Missing("reason"),)
    assert fire(WORKFLOWS[name], state, trigger, {role}, Facts(reason="протокол № 3")).trigger == trigger


def test_buttons_are_those_of_the_role_and_say_what_is_missing() -> None:
    options = available(WORKFLOWS["event"], "announced", {EXECUTOR}, Facts(required=("list",)))
    assert [(option.step.trigger, option.missing) for option in options] == [
        ("hold", ()),
        ("submit", (Missing("evidence", "list"),)),
    ]


def test_a_button_is_not_disabled_for_the_reason_that_is_asked_with_the_click() -> None:
    options = available(WORKFLOWS["document"], "submitted", {CONTROLLER}, Facts())
    assert [option.step.trigger for option in options] == ["accept", "return", "withdraw"]
    assert not any(option.missing for option in options)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_nobody_without_a_role_gets_a_button(name: str) -> None:
    assert not any(available(WORKFLOWS[name], state.name, set()) for state in WORKFLOWS[name].states)


slots = st.sampled_from(["paper", "list", "note"])
facts_of_any_kind = st.builds(
    Facts,
    evidence=st.frozensets(slots),
    required=st.lists(slots, unique=True).map(tuple),
    figures=st.frozensets(slots),
    required_figures=st.lists(slots, unique=True, max_size=1).map(tuple),
    reason=st.sampled_from(["", " ", "протокол № 3"]),
    tasks_total=st.integers(0, 3),
    tasks_accepted=st.integers(0, 3),
    tasks_review=st.integers(0, 3),
    tasks_started=st.integers(0, 3),
    activity_open=st.booleans(),
)
ALL_TRIGGERS = sorted({trigger for flow in WORKFLOWS.values() for trigger in flow.triggers()} | {"publish"})


def plain_model(
    flow: Workflow, state: str, trigger: str, roles: set[str], facts: Facts
) -> str | type[WorkflowError]:
    """What the engine must answer, by reading the declaration line by line."""
    if all(step.trigger != trigger for step in flow.steps):
        return UnknownTriggerError
    for step in flow.steps:
        if step.trigger == trigger and state in step.sources:
            if not step.roles & roles:
                return RoleRefusedError
            if any(GUARDS[name](facts) for name in step.guards):
                return GuardRefusedError
            if step.reason_required and not facts.reason.strip():
                return GuardRefusedError
            return step.dest
    return WrongStateError


@given(
    flow=st.sampled_from(list(WORKFLOWS.values())),
    moves=st.lists(
        st.tuples(st.sampled_from(ALL_TRIGGERS), st.sets(st.sampled_from(sorted(ROLES))), facts_of_any_kind),
        max_size=12,
    ),
)
def test_random_triggers_by_random_roles_agree_with_a_plain_model(
    flow: Workflow, moves: list[tuple[str, set[str], Facts]]
) -> None:
    state = flow.initial
    for trigger, roles, facts in moves:
        expected = plain_model(flow, state, trigger, roles, facts)
        answer: str | type[WorkflowError]
        try:
            answer = fire(flow, state, trigger, roles, facts).dest
        except WorkflowError as error:
            answer = type(error)
        assert answer == expected
        state = answer if isinstance(answer, str) else state
        assert flow.has_state(state)


@given(flow=st.sampled_from(list(WORKFLOWS.values())), data=st.data(), facts=facts_of_any_kind)
def test_an_enabled_button_never_fails_once_the_reason_is_written(
    flow: Workflow, data: st.DataObject, facts: Facts
) -> None:
    state = data.draw(st.sampled_from([state.name for state in flow.states]))
    role = data.draw(st.sampled_from([EXECUTOR, CONTROLLER, COORDINATOR, SYSTEM]))
    enabled = {option.step.trigger for option in available(flow, state, {role}, facts) if not option.missing}
    for trigger in flow.triggers():
        try:
            fire(flow, state, trigger, {role}, facts)
            passed = True
        except GuardRefusedError as refusal:
            passed = refusal.missing == (Missing("reason"),)
        except WorkflowError:
            passed = False
        assert passed == (trigger in enabled)
