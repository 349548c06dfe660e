"""The declarations hold together, and every fault that could be declared is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workflows import TASK_KINDS, WORKFLOWS
from workflows.definition import (
    ACCEPTED,
    EXECUTOR,
    OFF,
    OWING,
    REVIEW,
    Label,
    State,
    Step,
    Workflow,
    validate,
)

BY_EXECUTOR = frozenset({EXECUTOR})
WORDS = Label("слово", "word")


def a_state(name: str, phase: str = OWING) -> State:
    return State(name, WORDS, phase, "circle")


def a_step(
    trigger: str, source: str, dest: str, *, guards: tuple[str, ...] = (), stage: bool = False
) -> Step:
    return Step(trigger, (source,), dest, BY_EXECUTOR, guards, WORDS, stage=stage)


SOUND = Workflow(
    name="sound",
    label=WORDS,
    initial="planned",
    states=(a_state("planned"), a_state("drafting"), a_state("submitted", REVIEW)),
    steps=(
        a_step("start", "planned", "drafting", stage=True),
        a_step("submit", "planned", "submitted"),
        Step("submit", ("drafting",), "submitted", BY_EXECUTOR, (), WORDS),
    ),
    finals=frozenset({"submitted"}),
)


def test_nothing_is_wrong_with_the_registry() -> None:
    assert validate(WORKFLOWS.values()) == []


def test_nothing_is_wrong_with_the_sound_example() -> None:
    assert validate([SOUND]) == []


BROKEN = {
    "initial state 'plannd' is not declared": replace(SOUND, initial="plannd"),
    "final state 'gone' is not declared": replace(SOUND, finals=SOUND.finals | {"gone"}),
    "state 'island' cannot be reached": replace(
        SOUND, states=(*SOUND.states, a_state("island")), finals=SOUND.finals | {"island"}
    ),
    "state 'pit' is a dead end and not final": replace(
        SOUND,
        states=(*SOUND.states, a_state("pit")),
        steps=(*SOUND.steps, a_step("fall", "planned", "pit")),
    ),
    "no final state can be reached from 'loop'": replace(
        SOUND,
        states=(*SOUND.states, a_state("loop")),
        steps=(*SOUND.steps, a_step("enter", "planned", "loop"), a_step("turn", "loop", "loop")),
    ),
    "step 'jump' asks an unknown guard 'evidence_atached'": replace(
        SOUND, steps=(*SOUND.steps, a_step("jump", "planned", "submitted", guards=("evidence_atached",)))
    ),
    "step 'jump' starts from 'planed', which is not declared": replace(
        SOUND, steps=(*SOUND.steps, a_step("jump", "planed", "submitted"))
    ),
    "step 'jump' leads to 'submited', which is not declared": replace(
        SOUND, steps=(*SOUND.steps, a_step("jump", "planned", "submited"))
    ),
    "step 'jump' has no role or an unknown one": replace(
        SOUND, steps=(*SOUND.steps, replace(a_step("jump", "planned", "submitted"), roles=frozenset()))
    ),
    "trigger 'submit' from 'planned' is declared 2 times": replace(
        SOUND, steps=(*SOUND.steps, a_step("submit", "planned", "submitted"))
    ),
    "state 'planned' is declared 2 times": replace(SOUND, states=(*SOUND.states, a_state("planned"))),
    "state 'drafting' has an unknown phase 'oweing'": replace(
        SOUND, states=(a_state("planned"), a_state("drafting", "oweing"), a_state("submitted", REVIEW))
    ),
    "the workflow has no en label": replace(SOUND, label=Label("слово", "")),
    "state 'planned' has no ru label": replace(
        SOUND, states=(replace(a_state("planned"), label=Label(" ", "word")), *SOUND.states[1:])
    ),
    "step 'start' has no en label": replace(
        SOUND, steps=(replace(SOUND.steps[0], label=Label("слово", "")), *SOUND.steps[1:])
    ),
    "stage 'drafting' is a toll gate: submit is not open from it": replace(
        SOUND, steps=(*SOUND.steps[:2], a_step("finish", "drafting", "submitted"))
    ),
}


@pytest.mark.parametrize("problem", BROKEN)
def test_a_fault_in_a_declaration_is_named(problem: str) -> None:
    assert f"sound: {problem}" in validate([BROKEN[problem]])


def test_a_fault_is_reported_beside_sound_workflows() -> None:
    broken = BROKEN["initial state 'plannd' is not declared"]
    assert {line.split(":")[0] for line in validate([*WORKFLOWS.values(), broken])} == {"sound"}


def test_the_registry_knows_every_workflow_by_its_own_name() -> None:
    assert {name: flow.name for name, flow in WORKFLOWS.items()} == {name: name for name in WORKFLOWS}
    assert TASK_KINDS == ("document", "event", "agreement", "monitoring", "request")
    assert set(WORKFLOWS) == {*TASK_KINDS, "activity", "extension", "consent"}


@pytest.mark.parametrize("kind", TASK_KINDS)
def test_all_kinds_of_task_owe_before_review_and_after_a_return(kind: str) -> None:
    flow = WORKFLOWS[kind]
    assert flow.states_in(REVIEW) == ("submitted",)
    assert flow.states_in(ACCEPTED) == ("accepted",)
    assert flow.states_in(OFF) == ("withdrawn",)
    assert {"planned", "returned", "reopened"} <= set(flow.states_in(OWING))


# The words of the screen are those of the instruction on office work, not ours to vary.
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("submitted", "На проверке"),
        ("returned", "На доработке"),
        ("accepted", "Исполнено"),
        ("withdrawn", "Снято с контроля"),
    ],
)
def test_tasks_are_called_by_the_words_of_the_trade(state: str, words: str) -> None:
    assert {WORKFLOWS[kind].state(state).label.in_language("ru") for kind in TASK_KINDS} == {words}


def test_a_label_falls_back_to_english() -> None:
    label = Label("Принять", "Accept")
    assert [label.in_language(lang) for lang in ("ru", "ru_RU", "en", "de")] == [
        "Принять",
        "Принять",
        "Accept",
        "Accept",
    ]


def test_a_strange_state_is_not_found_and_leads_nowhere() -> None:
    assert SOUND.steps_from("lost") == ()
    assert SOUND.step("submit", "lost") is None
    with pytest.raises(KeyError):
        SOUND.phase("lost")
