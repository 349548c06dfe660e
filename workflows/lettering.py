"""How wide a text will be, without a font: for boxes that no Cyrillic label may overflow."""

from __future__ import annotations

NAME_SIZE = 12.5
CAPTION_SIZE = 11.0

_NARROW = frozenset("ijlftr.,:;!|()[]'I1 -")
_WIDE = frozenset("жмшщъыюфмwm")
_WIDE_CAPITALS = frozenset("ЖМШЩЪЫЮФWM")

# Shares of the font size, taken from DejaVu Sans, the widest of the usual screen fonts.
_EM_NARROW, _EM_PLAIN, _EM_WIDE, _EM_CAPITAL, _EM_WIDE_CAPITAL = 0.41, 0.64, 0.88, 0.76, 1.0


def text_width(text: str, size: float = CAPTION_SIZE) -> float:
    """The width in pixels that the text takes at most at that font size."""
    return size * sum(_em(char) for char in text)


def _em(char: str) -> float:
    if char in _NARROW:
        return _EM_NARROW
    if char in _WIDE:
        return _EM_WIDE
    if char in _WIDE_CAPITALS:
        return _EM_WIDE_CAPITAL
    return _EM_CAPITAL if char.isupper() else _EM_PLAIN


def longest_word(text: str, size: float = CAPTION_SIZE) -> float:
    """The width of the widest word: no line can be narrower."""
    return max(text_width(word, size) for word in text.split())


def wrap(text: str, width: float, size: float = CAPTION_SIZE) -> tuple[str, ...]:
    """The text in lines of at most that width, broken between words only."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return tuple(lines)
