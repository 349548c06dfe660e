"""The words of which a state machine is declared, and the check that a declaration holds together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from workflows.facts import NO_FACTS, Facts
from workflows.guards import GUARDS

__all__ = ["NO_FACTS", "Facts", "Label", "State", "Step", "Workflow", "validate"]

#: The executor still owes.
OWING = "owing"
#: Handed over: the controller has the next word.
REVIEW = "review"
ACCEPTED = "accepted"
#: Nothing is owed: withdrawn, suspended, declined, refused.
OFF = "off"
PHASES = (OWING, REVIEW, ACCEPTED, OFF)

EXECUTOR = "executor"
CONTROLLER = "controller"
COORDINATOR = "coordinator"
#: The program itself, when an activity follows its tasks.
SYSTEM = "system"
ROLES = frozenset({EXECUTOR, CONTROLLER, COORDINATOR, SYSTEM})


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the screen in both languages."""

    ru: str
    en: str

    def in_language(self, lang: str) -> str:
        """The Russian text for `ru` (and `ru_RU`), the English one for any other language."""
        return self.ru if lang.startswith("ru") else self.en


@dataclass(frozen=True, slots=True)
class State:
    """A state: its phase says who has the next word, its icon is a name of Bootstrap Icons."""

    name: str
    label: Label
    phase: str
    icon: str


@dataclass(frozen=True, slots=True)
class Step:
    """One trigger that leads from any of its sources to one destination.

    `guards` are names in `workflows.guards`; `reason_required` adds `reason_given` to them. A `stage`
    step tells that something has happened in the world; it opens nothing that was closed.
    """

    trigger: str
    sources: tuple[str, ...]
    dest: str
    roles: frozenset[str]
    guards: tuple[str, ...]
    label: Label
    reason_required: bool = False
    stage: bool = False

    @property
    def conditions(self) -> tuple[str, ...]:
        """Every guard that is asked when the step is fired."""
        return (*self.guards, "reason_given") if self.reason_required else self.guards


@dataclass(frozen=True, slots=True, eq=False)
class Workflow:
    """A state machine as data. Two workflows are equal only when they are the same object."""

    name: str
    label: Label
    initial: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    #: States in which it may rest for ever; a step may still lead out of them.
    finals: frozenset[str]
    _states: dict[str, State] = field(init=False, repr=False)
    _from: dict[str, tuple[Step, ...]] = field(init=False, repr=False)
    _steps: dict[tuple[str, str], Step] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        sources = [state.name for state in self.states]
        outgoing = {name: tuple(step for step in self.steps if name in step.sources) for name in sources}
        object.__setattr__(self, "_states", {state.name: state for state in self.states})
        object.__setattr__(self, "_from", outgoing)
        object.__setattr__(
            self, "_steps", {(step.trigger, source): step for step in self.steps for source in step.sources}
        )

    def state(self, name: str) -> State:
        """The state of that name; KeyError when the workflow has none."""
        return self._states[name]

    def has_state(self, name: str) -> bool:
        """Whether the workflow has a state of that name."""
        return name in self._states

    def phase(self, name: str) -> str:
        """The phase of the named state; KeyError when the workflow has none."""
        return self._states[name].phase

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that lead out of the state, in the order of declaration; none for a strange state."""
        return self._from.get(state, ())

    def step(self, trigger: str, state: str) -> Step | None:
        """The step that the trigger takes from the state, or None."""
        return self._steps.get((trigger, state))

    def triggers(self) -> frozenset[str]:
        """Every trigger of the workflow."""
        return frozenset(step.trigger for step in self.steps)

    def states_in(self, *phases: str) -> tuple[str, ...]:
        """The names of the states in any of the phases, in the order of declaration."""
        return tuple(state.name for state in self.states if state.phase in phases)


def validate(workflows: Iterable[Workflow]) -> list[str]:
    """Every fault of the declarations, one sentence each; an empty list when they hold together."""
    return [f"{flow.name}: {problem}" for flow in workflows for problem in _problems(flow)]


def _problems(flow: Workflow) -> Iterator[str]:
    yield from _misspelt(flow)
    yield from _ambiguous(flow)
    yield from _unlabelled(flow)
    yield from _lost_states(flow)
    yield from _toll_gates(flow)


def _misspelt(flow: Workflow) -> Iterator[str]:
    names = {state.name for state in flow.states}
    if flow.initial not in names:
        yield f"initial state {flow.initial!r} is not declared"
    for final in sorted(flow.finals - names):
        yield f"final state {final!r} is not declared"
    for state in flow.states:
        if state.phase not in PHASES:
            yield f"state {state.name!r} has an unknown phase {state.phase!r}"
    for step in flow.steps:
        for source in step.sources:
            if source not in names:
                yield f"step {step.trigger!r} starts from {source!r}, which is not declared"
        if step.dest not in names:
            yield f"step {step.trigger!r} leads to {step.dest!r}, which is not declared"
        for guard in step.guards:
            if guard not in GUARDS:
                yield f"step {step.trigger!r} asks an unknown guard {guard!r}"
        if not step.roles or not step.roles <= ROLES:
            yield f"step {step.trigger!r} has no role or an unknown one"


def _ambiguous(flow: Workflow) -> Iterator[str]:
    for name, times in Counter(state.name for state in flow.states).items():
        if times > 1:
            yield f"state {name!r} is declared {times} times"
    pairs = Counter((step.trigger, source) for step in flow.steps for source in step.sources)
    for (trigger, source), times in pairs.items():
        if times > 1:
            yield f"trigger {trigger!r} from {source!r} is declared {times} times"


def _unlabelled(flow: Workflow) -> Iterator[str]:
    labels = [("the workflow", flow.label)]
    labels += [(f"state {state.name!r}", state.label) for state in flow.states]
    labels += [(f"step {step.trigger!r}", step.label) for step in flow.steps]
    for what, label in labels:
        for lang, text in (("ru", label.ru), ("en", label.en)):
            if not text.strip():
                yield f"{what} has no {lang} label"


def _lost_states(flow: Workflow) -> Iterator[str]:
    edges = {(source, step.dest) for step in flow.steps for source in step.sources}
    reached = _closure({flow.initial}, edges)
    to_final = _closure(flow.finals, {(dest, source) for source, dest in edges})
    for state in flow.states:
        if state.name not in reached:
            yield f"state {state.name!r} cannot be reached"
        if state.name in to_final:
            continue
        if flow.steps_from(state.name):
            yield f"no final state can be reached from {state.name!r}"
        else:
            yield f"state {state.name!r} is a dead end and not final"


def _closure(start: Collection[str], edges: Collection[tuple[str, str]]) -> set[str]:
    seen, frontier = set(start), set(start)
    while frontier:
        frontier = {dest for source, dest in edges if source in frontier} - seen
        seen |= frontier
    return seen


def _toll_gates(flow: Workflow) -> Iterator[str]:
    for stage in sorted({step.dest for step in flow.steps if step.stage}):
        if flow.step("submit", stage) is None:
            yield f"stage {stage!r} is a toll gate: submit is not open from it"
