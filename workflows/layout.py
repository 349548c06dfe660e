"""Where the boxes, arrows and captions of a workflow go; pure geometry in pixels.

The way from the initial state to the first accepted one is the backbone, from left to right; all other
states lie in a row beneath. Every step is one arrow with as many tails as it has sources. It runs
straight between neighbours and otherwise along a rail of its own: above the backbone, between the rows
or beneath them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from workflows.definition import ACCEPTED, Step, Workflow
from workflows.lettering import NAME_SIZE, longest_word, text_width, wrap

NAME_LEADING = 15.0
CAPTION_LEADING = 13.0

WIDEST = 700.0
MARGIN = 8.0
BOX_HEIGHT = 54.0
_BOX_WIDTHS = (96.0, 124.0)
_BOX_PADDING = 2.5
_NARROWEST_GAP = 22.0
_GAP_PADDING = 14.0
_WIDEST_ADDITION = 40.0

MAIN, SIDE = 0, 1

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle; `x` and `y` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return (self.x + self.width / 2, self.y + self.height / 2)

    def overlaps(self, other: Rect) -> bool:
        """Whether the two share an area; touching edges do not count."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Box:
    """A state in its place, with its name broken into lines."""

    state: str
    phase: str
    lines: tuple[str, ...]
    rect: Rect
    present: bool = False
    visited: bool = False


@dataclass(frozen=True, slots=True)
class Caption:
    """The words on an arrow, centred in their rectangle."""

    lines: tuple[str, ...]
    rect: Rect


@dataclass(frozen=True, slots=True)
class Arrow:
    """Part of a step: lines that run together into one tip."""

    step: Step
    sources: tuple[str, ...]
    paths: tuple[tuple[Point, ...], ...]
    caption: Caption | None


@dataclass(frozen=True, slots=True)
class Diagram:
    """A workflow laid out."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The row and the column of every state."""

    cells: dict[str, tuple[int, int]]
    columns: int

    def row(self, state: str) -> int:
        return self.cells[state][0]

    def column(self, state: str) -> int:
        return self.cells[state][1]


def grid_of(workflow: Workflow) -> Grid:
    """The backbone in its order; each other state under those that lead to it."""
    names = [state.name for state in workflow.states]
    last = next(position for position, name in enumerate(names) if workflow.phase(name) == ACCEPTED)
    backbone, side = names[: last + 1], names[last + 1 :]
    cells = {name: (MAIN, column) for column, name in enumerate(backbone)}
    wishes = {name: _columns_above(workflow, cells, name) for name in side}
    free = set(range(max(len(backbone), len(side))))
    for name in sorted(side, key=lambda name: len(wishes[name])):
        wish = sum(wishes[name]) // len(wishes[name]) if wishes[name] else 0
        column = min(free, key=lambda column: (abs(column - wish), column))
        free.remove(column)
        cells[name] = (SIDE, column)
    return Grid(cells, 1 + max(column for _, column in cells.values()))


def _columns_above(workflow: Workflow, backbone: dict[str, tuple[int, int]], dest: str) -> list[int]:
    sources = {source for step in workflow.steps if step.dest == dest for source in step.sources}
    return [backbone[source][1] for source in sources if source in backbone]


def place_columns(grid: Grid, captions: dict[int, str]) -> tuple[list[float], float]:
    """The left edge of every column and the width of all boxes.

    `captions` are the words that must find room in the gap to the right of a column.
    """
    gaps = [_NARROWEST_GAP] * (grid.columns - 1)
    for column, words in captions.items():
        gaps[column] = ceil(longest_word(words) + _GAP_PADDING)
    room = (WIDEST - 2 * MARGIN - sum(gaps)) / grid.columns
    width = min(max(floor(room), _BOX_WIDTHS[0]), _BOX_WIDTHS[1])
    spare = WIDEST - 2 * MARGIN - sum(gaps) - width * grid.columns
    wider = min(max(spare, 0) // len(gaps), _WIDEST_ADDITION)
    # A small diagram has room beside it, so that words may stand to the left of its first arrows.
    margin = MARGIN + min(max(spare - wider * len(gaps), 0) // 2, _WIDEST_ADDITION)
    lefts = [margin + column * (width + wider) + sum(gaps[:column]) for column in range(grid.columns)]
    return lefts, width


def place_boxes(
    workflow: Workflow,
    grid: Grid,
    lefts: list[float],
    width: float,
    tops: tuple[float, float],
    lang: str,
) -> dict[str, Box]:
    """Every state in its cell; nothing is marked yet."""
    return {
        state.name: Box(
            state=state.name,
            phase=state.phase,
            lines=wrap(state.label.in_language(lang), width - 2 * _BOX_PADDING, NAME_SIZE),
            rect=Rect(lefts[grid.column(state.name)], tops[grid.row(state.name)], width, BOX_HEIGHT),
        )
        for state in workflow.states
    }


def caption_above(words: str, centre_x: float, bottom: float, width: float = WIDEST) -> Caption:
    """The words in lines of at most that width, standing on `bottom`."""
    lines = wrap(words, width)
    widest = max(text_width(line) for line in lines)
    height = CAPTION_LEADING * len(lines)
    return Caption(lines, Rect(centre_x - widest / 2, bottom - height, widest, height))


def caption_centred(words: str, centre_x: float, centre_y: float, width: float) -> Caption:
    """The words in lines of at most that width, around the given point."""
    half = CAPTION_LEADING * len(wrap(words, width)) / 2
    return caption_above(words, centre_x, centre_y + half, width)
