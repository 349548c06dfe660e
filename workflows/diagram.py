"""A workflow as a picture (inline SVG) and as Mermaid, both drawn from the declaration.

`python -m workflows.diagram docs/workflows` writes the Mermaid pages.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from html import escape
from pathlib import Path

from workflows import WORKFLOWS
from workflows.definition import Label, Workflow
from workflows.layout import (
    CAPTION_LEADING,
    NAME_LEADING,
    Arrow,
    Box,
    Caption,
    Diagram,
    Point,
)
from workflows.mermaid import mermaid, write_pages
from workflows.routing import layout

__all__ = ["Diagram", "layout", "mermaid", "svg"]

_NOW = Label("сейчас", "now")
_NOW_IS = Label("Сейчас", "Now")
_WORKFLOW = Label("Схема состояний", "State diagram")

_CORNER = 5.0
_TIP_LENGTH, _TIP_HALF = 7.0, 3.6


def svg(
    workflow: Workflow,
    lang: str = "ru",
    present: str | None = None,
    title_id: str = "workflow-diagram",
    visited: Collection[str] = (),
) -> str:
    """An inline `<svg role="img">` with a title and a description in words; styled by `diagram.css` alone.

    `title_id` must be unique on the page.
    """
    drawn = layout(workflow, present, visited, lang)
    size = f"{drawn.width:.0f} {drawn.height:.0f}"
    width, height = size.split()
    parts = [
        f'<svg class="wf-diagram" role="img" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}"'
        f' width="{width}" height="{height}"'
        f' aria-labelledby="{escape(title_id)}" aria-describedby="{escape(title_id)}-text">',
        f'<title id="{escape(title_id)}">{escape(title(workflow, lang, present))}</title>',
        f'<desc id="{escape(title_id)}-text">{escape(description(workflow, lang))}</desc>',
        *(_arrow(arrow) for arrow in drawn.arrows),
        *(_caption(arrow.caption) for arrow in drawn.arrows if arrow.caption),
        *(_box(box, lang) for box in drawn.boxes),
        "</svg>",
    ]
    return "".join(parts)


def title(workflow: Workflow, lang: str, present: str | None = None) -> str:
    """The name of the picture, with the present state."""
    name = f"{_WORKFLOW.in_language(lang)}: {workflow.label.in_language(lang)}"
    if present is None:
        return name
    return f"{name}. {_NOW_IS.in_language(lang)}: {workflow.state(present).label.in_language(lang)}"


def description(workflow: Workflow, lang: str) -> str:
    """The whole picture in words: one sentence a step."""
    return " ".join(
        f"{step.label.in_language(lang)}: "
        f"{', '.join(workflow.state(source).label.in_language(lang) for source in step.sources)}"
        f" → {workflow.state(step.dest).label.in_language(lang)}."
        for step in workflow.steps
    )


def _box(box: Box, lang: str) -> str:
    rect = box.rect
    classes = ["wf-box", f"wf-{box.phase}"]
    classes += ["wf-present"] if box.present else []
    classes += ["wf-visited"] if box.visited and not box.present else []
    middle_x, middle_y = rect.middle
    first = middle_y - NAME_LEADING * (len(box.lines) - 1) / 2 + 4 + (6 if box.present else 0)
    parts = [
        f'<g class="{" ".join(classes)}" data-state="{escape(box.state)}">',
        f'<rect x="{rect.x:.1f}" y="{rect.y:.1f}"'
        f' width="{rect.width:.1f}" height="{rect.height:.1f}" rx="6"/>',
    ]
    if box.present:
        parts.append(
            f'<text class="wf-now" x="{middle_x:.1f}" y="{rect.y + 13:.1f}">{_NOW.in_language(lang)}</text>'
        )
    elif box.visited:
        x, y = rect.right - 12.5, rect.y + 8
        parts.append(f'<path class="wf-tick" d="M{x:.1f} {y:.1f}l2.5 2.5l5 -5"/>')
    parts += [
        f'<text class="wf-name" x="{middle_x:.1f}" y="{first + NAME_LEADING * row:.1f}">{escape(line)}</text>'
        for row, line in enumerate(box.lines)
    ]
    return "".join([*parts, "</g>"])


def _arrow(arrow: Arrow) -> str:
    tips = {_tip(path[-2], path[-1]) for path in arrow.paths}
    lines = "".join(_rounded(path) for path in arrow.paths)
    return (
        f'<g class="wf-arrow" data-trigger="{escape(arrow.step.trigger)}">'
        f'<path class="wf-line" d="{lines}"/><path class="wf-tip" d="{"".join(sorted(tips))}"/></g>'
    )


def _rounded(path: tuple[Point, ...]) -> str:
    """The path with round corners, stopping where its tip begins."""
    points = [*path[:-1], _towards(path[-1], path[-2], _TIP_LENGTH - 1)]
    commands = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        enter, leave = _towards(corner, before, _CORNER), _towards(corner, after, _CORNER)
        commands.append(
            f"L{enter[0]:.1f} {enter[1]:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {leave[0]:.1f} {leave[1]:.1f}"
        )
    return "".join([*commands, f"L{points[-1][0]:.1f} {points[-1][1]:.1f}"])


def _towards(point: Point, target: Point, distance: float) -> Point:
    """The point moved towards the target, at most half the way."""
    dx, dy = target[0] - point[0], target[1] - point[1]
    length = abs(dx) + abs(dy)
    share = min(distance / length, 0.5)
    return (point[0] + dx * share, point[1] + dy * share)


def _tip(before: Point, end: Point) -> str:
    x, y = end
    if before[0] == x:
        back = -_TIP_LENGTH if before[1] < y else _TIP_LENGTH
        return f"M{x:.1f} {y:.1f}l{-_TIP_HALF} {back}h{2 * _TIP_HALF}z"
    back = -_TIP_LENGTH if before[0] < x else _TIP_LENGTH
    return f"M{x:.1f} {y:.1f}l{back} {-_TIP_HALF}v{2 * _TIP_HALF}z"


def _caption(caption: Caption) -> str:
    x = caption.rect.middle[0]
    return "".join(
        f'<text class="wf-label" x="{x:.1f}" y="{caption.rect.y + CAPTION_LEADING * (row + 1) - 3:.1f}">'
        f"{escape(line)}</text>"
        for row, line in enumerate(caption.lines)
    )


def main(arguments: list[str]) -> int:
    """Writes the pages of the manual into the folder that is the only argument."""
    if len(arguments) != 1:
        print("usage: python -m workflows.diagram FOLDER", file=sys.stderr)
        return 2
    write_pages(WORKFLOWS, Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
