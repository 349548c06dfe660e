"""Which passwords are tried first by whoever guesses, in a form that can be explained on screen.

A password is common when it stands on a list of those that people choose, also typed on a Russian keyboard;
also with digits and signs before or after it; also several times in a row; and when it runs along the keys,
the alphabet or the digits, or repeats three characters at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

#: what stands on the same key of a Russian and of an English keyboard
_KEYS = str.maketrans(
    "йцукенгшщзхъфывапролджэячсмитьбюё",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.`",
)
#: signs that stand for a letter
_SIGNS = str.maketrans("@$!013457", "asioieast")
#: what a finger walks along
_ROWS = (
    "1234567890123456789012345678901234567890",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "1q2w3e4r5t6y7u8i9o0p",
)
_WALKS = tuple(row for each in _ROWS for row in (each, each[::-1]))
#: the program's own name is the first that comes to mind
_OWN = frozenset({"vekha", "веха", "dt[f"})
_REPEATED = re.compile(r"(.{1,3}?)\1+.?.?")
#: a word that is written several times
_IN_A_ROW = re.compile(r"(.{4,}?)\1+")
#: shorter words are part of anything
_SHORTEST_WORD = 4


def is_common(password: str) -> bool:
    """Whether it is among the first that somebody would try."""
    return any(_is_weak(form) for form in set(_forms(password.casefold())))


def _forms(typed: str) -> Iterator[str]:
    for written in (typed, typed.translate(_KEYS)):
        yield written
        yield written.translate(_SIGNS)
        bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", written)
        if len(bare) >= _SHORTEST_WORD:
            yield bare
            yield bare.translate(_SIGNS)


def _is_weak(form: str) -> bool:
    in_a_row = _IN_A_ROW.fullmatch(form)
    return (
        form in _listed()
        or (in_a_row is not None and in_a_row[1] in _listed())
        or any(form in walk for walk in _WALKS)
        or _REPEATED.fullmatch(form) is not None
    )


@cache
def _listed() -> frozenset[str]:
    """The list of zxcvbn, 30,000 passwords from breaches. It is read when a password is first chosen."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return _OWN | {each for each in FREQUENCY_LISTS["passwords"] if len(each) >= _SHORTEST_WORD}
