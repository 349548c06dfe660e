"""Words on the lines of a chart, each where it covers no other and the least of the lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from workflows.lettering import text_width

#: pixels of the letters, and of a line of them
LETTERS, LINE = 12, 15
#: pixels that a label keeps from its point, and between the places where lines are looked for under it
_AWAY, _SAMPLE = 6, 3


class Spot(NamedTuple):
    """A place in the picture, in pixels from its upper left corner."""

    x: float
    y: float


class Wanted(NamedTuple):
    """Words that are to stand near one of the spots; without words there is no label."""

    name: str
    words: str
    spots: Sequence[Spot]


class Label(NamedTuple):
    """Words in their place: the left end of their baseline."""

    name: str
    words: str
    x: float
    y: float


def labels(
    wanted: Sequence[Wanted],
    lines: Sequence[Sequence[Spot]],
    left: float,
    right: float,
    top: float,
    bottom: float,
) -> Iterator[Label]:
    """The labels for which there is room between the edges; the first ones choose first."""
    under = [spot for line in lines for spot in along(line)]
    taken: list[_Box] = []
    for name, words, spots in wanted:
        width = text_width(words, LETTERS)
        places = [
            _Box(min(max(x, left + 2), right - width), y, width)
            for spot in spots
            for x, y in _around(spot, width)
            if top - LINE <= y <= bottom - LINE
        ]
        free = [box for box in places if not any(box.meets(other) for other in taken)]
        if not words or not free:
            continue
        best = min(free, key=lambda box: sum(box.holds(spot) for spot in under))
        taken.append(best)
        yield Label(name, words, round(best.x, 1), round(best.y + LETTERS - 1, 1))


def along(line: Sequence[Spot]) -> list[Spot]:
    """Spots close together on a line."""
    found = list(line[:1])
    for one, other in pairwise(line):
        parts = max(ceil(max(abs(other.x - one.x), abs(other.y - one.y)) / _SAMPLE), 1)
        for number in range(1, parts + 1):
            part = number / parts
            found.append(Spot(one.x + (other.x - one.x) * part, one.y + (other.y - one.y) * part))
    return found


class _Box(NamedTuple):
    x: float
    y: float
    width: float

    def meets(self, other: _Box) -> bool:
        beside = self.x + self.width <= other.x or other.x + other.width <= self.x
        return not beside and abs(self.y - other.y) < LINE

    def holds(self, spot: Spot) -> bool:
        return self.x <= spot.x <= self.x + self.width and self.y <= spot.y <= self.y + LINE


def _around(spot: Spot, width: float) -> Iterator[tuple[float, float]]:
    """Upper left corners above and below a spot: in the middle, to its left and to its right."""
    for y in (spot.y - LINE - _AWAY, spot.y + _AWAY):
        for x in (spot.x - width / 2, spot.x - width - _AWAY, spot.x + _AWAY):
            yield x, y
