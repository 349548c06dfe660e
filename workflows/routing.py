"""The arrows of a diagram: which way each runs, on which rail, and where its words stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache

from workflows.captions import Obstacles, beside, in_gap, on_rail, place, segments
from workflows.definition import Step, Workflow
from workflows.layout import (
    BOX_HEIGHT,
    MAIN,
    MARGIN,
    SIDE,
    Arrow,
    Box,
    Caption,
    Diagram,
    Grid,
    Point,
    Rect,
    grid_of,
    place_boxes,
    place_columns,
)
from workflows.lettering import text_width

ACROSS, ABOVE, BETWEEN, BENEATH = "across", "above", "between", "beneath"

_BAND = 24.0  # a rail, with a line of words above it
_CLEARANCE = 15.0  # room for an arrow's tip between a rail and a box
_SHORTEST_DROP = 50.0  # between the rows: a line of words beside a straight arrow


@dataclass(frozen=True, slots=True, eq=False)
class Net:
    """The part of a step that shares one rail."""

    step: Step
    channel: str
    sources: tuple[str, ...]
    #: Columns of the sources and of the destination.
    columns: frozenset[int]

    @property
    def straight(self) -> bool:
        return self.channel == ACROSS or len(self.columns) == 1


def layout(
    workflow: Workflow, present: str | None = None, visited: Collection[str] = (), lang: str = "ru"
) -> Diagram:
    """The workflow as boxes and arrows, with the present and the visited states marked."""
    drawn = _unmarked(workflow, lang)
    boxes = tuple(
        replace(box, present=box.state == present, visited=box.state in visited) for box in drawn.boxes
    )
    return replace(drawn, boxes=boxes)


@cache
def _unmarked(workflow: Workflow, lang: str) -> Diagram:
    grid = grid_of(workflow)
    nets = _nets(workflow, grid)
    words = {net: net.step.label.in_language(lang) for net in _captioned(nets)}
    gaps = {min(net.columns): text for net, text in words.items() if net.channel == ACROSS}
    lefts, width = place_columns(grid, gaps)
    total_width = lefts[0] + lefts[-1] + width
    slots = _slots(nets, lefts, width)
    spans = {net: _span(net, slots, words[net], total_width) for net in nets if not net.straight}
    tracks = {channel: _tracks(channel, spans) for channel in (ABOVE, BETWEEN, BENEATH)}
    depth = {channel: 1 + max(track.values(), default=-1) for channel, track in tracks.items()}
    main_top = MARGIN + (_CLEARANCE + depth[ABOVE] * _BAND if depth[ABOVE] else 0)
    main_bottom = main_top + BOX_HEIGHT
    side_top = main_bottom + max(2 * _CLEARANCE + depth[BETWEEN] * _BAND - 8, _SHORTEST_DROP)
    has_side = any(grid.row(state.name) == SIDE for state in workflow.states)
    lowest = side_top + BOX_HEIGHT if has_side else main_bottom
    rails = {
        net: {
            ABOVE: main_top - _CLEARANCE - track * _BAND,
            BETWEEN: main_bottom + _BAND + track * _BAND - 2,
            BENEATH: lowest + _BAND + track * _BAND,
        }[channel]
        for channel, assigned in tracks.items()
        for net, track in assigned.items()
    }
    boxes = place_boxes(workflow, grid, lefts, width, (main_top, side_top), lang)
    paths = {
        net: tuple(_path(net, source, boxes, grid, slots, rails.get(net)) for source in net.sources)
        for net in nets
    }
    captions = _captions(words, paths, spans, rails, boxes, total_width)
    arrows = tuple(Arrow(net.step, net.sources, paths[net], captions.get(net)) for net in nets)
    height = lowest + MARGIN + (depth[BENEATH] * _BAND + 4 if depth[BENEATH] else 0)
    return Diagram(total_width, height, tuple(boxes.values()), arrows)


def _nets(workflow: Workflow, grid: Grid) -> list[Net]:
    pairs = {(source, step.dest) for step in workflow.steps for source in step.sources}
    nets: list[Net] = []
    for step in workflow.steps:
        by_channel: dict[str, list[str]] = defaultdict(list)
        for source in step.sources:
            both_ways = (step.dest, source) in pairs
            channel = _channel(grid, source, step.dest, both_ways)
            by_channel[channel].append(source)
        for channel, sources in by_channel.items():
            groups = [[source] for source in sources] if channel == ACROSS else [sources]
            for group in groups:
                columns = frozenset({grid.column(step.dest), *(grid.column(source) for source in group)})
                nets.append(Net(step, channel, tuple(group), columns))
    return nets


def _channel(grid: Grid, source: str, dest: str, both_ways: bool) -> str:
    if grid.row(source) != grid.row(dest):
        return BETWEEN
    distance = grid.column(dest) - grid.column(source)
    if grid.row(source) == MAIN:
        return ACROSS if distance == 1 else ABOVE
    return ACROSS if abs(distance) == 1 and not both_ways else BENEATH


def _captioned(nets: list[Net]) -> list[Net]:
    """The nets that carry words: all rails, and those straight lines that would go unexplained.

    The name of a stage tells what a line into it means; a line along a row repeats what its step says
    on a rail, and one up to the backbone what it says above.
    """
    railed = {net.step for net in nets if not net.straight}
    above = {net.step for net in nets if net.channel == ABOVE}

    def explained(net: Net) -> bool:
        return net.step.stage or net.step in (railed if net.channel == ACROSS else above)

    return [net for net in nets if not (net.straight and explained(net))]


def _slots(nets: list[Net], lefts: list[float], width: float) -> dict[tuple[Net, int], float]:
    """Where each net leaves or meets the boxes of a column: x, no two the same.

    Those that go left stand left; of those that go the same way the longer one stands outside, so that
    its rail runs around the shorter.
    """
    touching: dict[tuple[str, int], list[Net]] = defaultdict(list)
    for net in nets:
        if net.channel != ACROSS:
            for column in net.columns:
                touching[net.channel, column].append(net)
    slots: dict[tuple[Net, int], float] = {}
    for (_, column), members in touching.items():
        members.sort(key=lambda net: _turn(net, column))
        for position, net in enumerate(members, start=1):
            slots[net, column] = lefts[column] + width * position / (len(members) + 1)
    return slots


def _turn(net: Net, column: int) -> tuple[int, int]:
    distances = [other - column for other in net.columns if other != column]
    if not distances:
        return (1, 0)
    longest = max(distances, key=abs)
    return (0, -longest) if sum(distances) < 0 else (2, -longest)


def _tracks(channel: str, spans: dict[Net, tuple[float, float]]) -> dict[Net, int]:
    """A track for every rail of the channel, short ones next to the boxes; on one track none touch."""
    nets = [net for net in spans if net.channel == channel]
    tracks: dict[Net, int] = {}
    for net in sorted(nets, key=lambda net: spans[net][1] - spans[net][0]):
        low, high = spans[net]
        taken = {
            track
            for other, track in tracks.items()
            if low < spans[other][1] + 8 and spans[other][0] - 8 < high
        }
        tracks[net] = next(track for track in range(len(nets)) if track not in taken)
    return tracks


def _span(
    net: Net, slots: dict[tuple[Net, int], float], words: str, total_width: float
) -> tuple[float, float]:
    """From where to where the rail, or the words above it, reach."""
    ends = [slots[net, column] for column in net.columns]
    low, high = min(ends), max(ends)
    needed = text_width(words)
    if high - low < needed:
        low = min(max((low + high - needed) / 2, MARGIN), total_width - MARGIN - needed)
        high = max(high, low + needed)
    return low, high


def _captions(
    words: dict[Net, str],
    paths: dict[Net, tuple[tuple[Point, ...], ...]],
    spans: dict[Net, tuple[float, float]],
    rails: dict[Net, float],
    boxes: dict[str, Box],
    total_width: float,
) -> dict[Net, Caption]:
    candidates = []
    for net, text in words.items():
        (start_x, start_y), (end_x, end_y) = paths[net][0][0], paths[net][0][-1]
        if net in rails:
            candidates.append(on_rail(text, *spans[net], rails[net]))
        elif net.channel == ACROSS:
            candidates.append(in_gap(text, min(start_x, end_x), max(start_x, end_x), start_y))
        else:
            candidates.append(beside(text, start_x, min(start_y, end_y), max(start_y, end_y)))
    obstacles = Obstacles(
        boxes=tuple(box.rect for box in boxes.values()),
        lines=segments(path for drawn in paths.values() for path in drawn),
        width=total_width,
    )
    return dict(zip(words, place(candidates, obstacles), strict=True))


def _path(
    net: Net,
    source: str,
    boxes: dict[str, Box],
    grid: Grid,
    slots: dict[tuple[Net, int], float],
    rail: float | None,
) -> tuple[Point, ...]:
    start, end = boxes[source].rect, boxes[net.step.dest].rect
    if net.channel == ACROSS:
        y = start.middle[1]
        return ((start.right, y), (end.x, y)) if start.x < end.x else ((start.x, y), (end.right, y))
    start_x, end_x = slots[net, grid.column(source)], slots[net, grid.column(net.step.dest)]
    first = (start_x, _edge(net.channel, grid.row(source), start))
    last = (end_x, _edge(net.channel, grid.row(net.step.dest), end))
    if start_x == end_x or rail is None:
        return (first, last)
    return (first, (start_x, rail), (end_x, rail), last)


def _edge(channel: str, row: int, rect: Rect) -> float:
    downwards = channel == BENEATH or (channel == BETWEEN and row == MAIN)
    return rect.bottom if downwards else rect.y
