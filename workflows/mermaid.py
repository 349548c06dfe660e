"""The workflows as pages of the manual: a Mermaid diagram and the tables beneath it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from workflows.definition import Step, Workflow

_MADE_BY = "<!-- Made by `python -m workflows.diagram docs/workflows` from the declaration: change that. -->"


def mermaid(workflow: Workflow, lang: str = "en") -> str:
    """A `stateDiagram-v2` with every state and every step of the workflow."""
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f'    state "{state.label.in_language(lang)}" as {state.name}' for state in workflow.states]
    lines.append(f"    [*] --> {workflow.initial}")
    lines += [
        f"    {source} --> {step.dest} : {step.label.in_language(lang)}"
        for step in workflow.steps
        for source in step.sources
    ]
    lines += [f"    {state.name} --> [*]" for state in workflow.states if state.name in workflow.finals]
    return "\n".join(lines) + "\n"


def page(workflow: Workflow) -> str:
    """One page of the manual, in Markdown."""
    return "\n".join([_MADE_BY, "", *_lines(workflow), ""])


def write_pages(workflows: Mapping[str, Workflow], folder: Path) -> None:
    """Writes `<name>.md` for every workflow into the folder, which is made when it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, workflow in workflows.items():
        (folder / f"{name}.md").write_text(page(workflow), encoding="utf-8")


def _lines(workflow: Workflow) -> Iterator[str]:
    yield f"# {workflow.label.en} · {workflow.label.ru}"
    yield from ("", "```mermaid", mermaid(workflow).rstrip(), "```", "")
    yield from ("| state | English | Russian | phase |", "|---|---|---|---|")
    for state in workflow.states:
        yield f"| `{state.name}` | {state.label.en} | {state.label.ru} | {state.phase} |"
    yield from (
        "",
        "| step | English | Russian | from | to | who | asks for |",
        "|---|---|---|---|---|---|---|",
    )
    for step in workflow.steps:
        yield _step_row(step)


def _step_row(step: Step) -> str:
    sources = ", ".join(f"`{source}`" for source in step.sources)
    asks = ", ".join(condition.replace("_", " ") for condition in step.conditions)
    who = ", ".join(sorted(step.roles))
    trigger, dest = f"`{step.trigger}`", f"`{step.dest}`"
    return f"| {trigger} | {step.label.en} | {step.label.ru} | {sources} | {dest} | {who} | {asks} |"
