"""Where the words of each arrow stand: of all places near its line, the one that disturbs least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workflows.layout import Caption, Point, Rect, caption_above, caption_centred
from workflows.lettering import longest_word, text_width

_AIR, _BETWEEN_WORDS = 2.0, 8.0
_BESIDE = 5.0  # from a vertical line to the words beside it
_STEP = 2
_OVERHANG = 12  # how far words may reach beyond the end of their rail

_OUTSIDE, _ON_A_BOX, _ON_WORDS, _ON_A_LINE, _FAR_AWAY = 1000.0, 1000.0, 500.0, 10.0, 0.01


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What words should not lie upon, and the width that they must stay within."""

    boxes: tuple[Rect, ...]
    lines: tuple[Rect, ...]
    width: float


def segments(paths: Iterable[Sequence[Point]]) -> tuple[Rect, ...]:
    """The straight parts of the paths as thin rectangles."""
    pairs = {(min(a, b), max(a, b)) for path in paths for a, b in pairwise(path) if a != b}
    return tuple(Rect(a[0], a[1], b[0] - a[0], b[1] - a[1]) for a, b in sorted(pairs))


def in_gap(words: str, left: float, right: float, line_y: float) -> list[Caption]:
    """Above a short line between two boxes."""
    return [caption_above(words, (left + right) / 2, line_y - 4, right - left - 4)]


def on_rail(words: str, low: float, high: float, rail: float) -> list[Caption]:
    """Above a rail, the middle first."""
    middle = caption_above(words, (low + high) / 2, rail - 3)
    reach = max(int((high - low - middle.rect.width) / 2), 0) + _OVERHANG
    offsets = sorted(range(-reach, reach + 1, _STEP), key=abs)
    return [caption_above(words, (low + high) / 2 + offset, rail - 3) for offset in offsets]


def beside(words: str, x: float, top: float, bottom: float) -> list[Caption]:
    """To the right or the left of a vertical line, at any height, in one line or in several."""
    return [*_beside(words, x, top, bottom)]


def _beside(words: str, x: float, top: float, bottom: float) -> Iterator[Caption]:
    middle, reach = (top + bottom) / 2, int((bottom - top) / 2) - 12
    whole = text_width(words) + 1
    for offset in sorted(range(-reach, reach + 1, _STEP), key=abs):
        for width in (whole, max(longest_word(words), 0.6 * whole) + 1):
            half = caption_centred(words, x, middle, width).rect.width / 2
            for centre in (x + _BESIDE + half, x - _BESIDE - half):
                yield caption_centred(words, centre, middle + offset, width)


def place(candidates: Sequence[list[Caption]], obstacles: Obstacles) -> list[Caption]:
    """One caption from each list, the choosiest first; the result is in the order of the lists."""
    chosen: dict[int, Caption] = {}
    for index in sorted(range(len(candidates)), key=lambda index: len(candidates[index])):
        taken = [caption.rect for caption in chosen.values()]
        costs = [
            _cost(caption.rect, obstacles, taken) + _FAR_AWAY * place
            for place, caption in enumerate(candidates[index])
        ]
        chosen[index] = candidates[index][costs.index(min(costs))]
    return [chosen[index] for index in range(len(candidates))]


def _cost(rect: Rect, obstacles: Obstacles, taken: Sequence[Rect]) -> float:
    airy = _widened(rect, _AIR)
    cost = _OUTSIDE if rect.x < 1 or rect.right > obstacles.width - 1 else 0.0
    cost += _ON_A_BOX * sum(airy.overlaps(box) for box in obstacles.boxes)
    cost += _ON_WORDS * sum(_widened(rect, _BETWEEN_WORDS).overlaps(words) for words in taken)
    return cost + _ON_A_LINE * sum(airy.overlaps(line) for line in obstacles.lines)


def _widened(rect: Rect, by: float) -> Rect:
    return Rect(rect.x - by, rect.y, rect.width + 2 * by, rect.height)
