"""Search by words: how a text is kept to be found, what a question asks for, and where it is found.

Only letters and digits count, each run of them a word; a word of a question is found wherever a word begins
with it, a Russian one without its ending: «планы» finds «планов». Numbers that a dot, a dash or the like
joins are one number: "3.4" finds «3.4-1» and «3_4 отчёт.pdf», "4.1" finds neither «14.1» nor «3.4-1».
Letters are compared without their case, ё as е, composed or not, stressed or not: the databases know nothing
of that (SQLite folds no Cyrillic), so both sides come through here before they are compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

#: characters of a question that are looked at, and words that it can have
LONGEST_QUESTION = 200
MOST_WORDS = 8

#: accents and what is not seen: they stand within a word and say nothing
_SILENT = "\u0300-\u036f\u00ad\u200b-\u200d\u2060"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_SILENT}])*")
_LEFT_OUT = re.compile(f"[{_SILENT}]")
#: what joins the parts of a number
_JOINT = re.compile("[-._/\u2010-\u2015]")
#: a word as it is kept, with what stands before it: a blank, or a dot within a number
_KEPT = re.compile("([ .])([^ .|]+)")
#: what a Russian word of five letters and more is declined by, as far as it is vowels; four letters stay
_ENDING = re.compile("(?<=[ .][а-я]{4})([а-я]*?)(?:[аеиоуыьэюя]{1,2}|[аеиоуы]й)$")
#: stands between texts that are kept together: no question reaches from one into the next
_BORDER = " |"


class _Word(NamedTuple):
    start: int
    end: int
    lead: str
    folded: str


class Piece(NamedTuple):
    """A part of a text, and whether it is what was asked for."""

    text: str
    found: bool


def searchable(*texts: str) -> str:
    """The texts as they are kept to be found: their words folded, each behind one blank."""
    return _BORDER.join("".join(word.lead + word.folded for word in _words(text)) for text in texts)


def phrases(question: str) -> tuple[str, ...]:
    """What a question asks for: what it keeps together by no blank, as `searchable` writes it.

    All of them must occur, in any order. Nothing is left of a question without letters and digits.
    """
    parts = question[:LONGEST_QUESTION].split()
    asked = dict.fromkeys(_stem(searchable(part)) for part in parts)
    return tuple(phrase for phrase in asked if phrase)[:MOST_WORDS]


def holds(text: str, asked: Sequence[str]) -> bool:
    """Whether any of the phrases occurs in a text."""
    kept = searchable(text)
    return any(phrase in kept for phrase in asked)


def pieces(text: str, asked: Sequence[str], longest: int = 0) -> list[Piece]:
    """The text in pieces, those that were asked for marked; cut to about `longest` around the first."""
    text = unicodedata.normalize("NFC", text)
    spans = _spans(list(_words(text)), [_KEPT.findall(phrase) for phrase in asked])
    begin, end = _window(text, spans[0][0] if spans else 0, longest)
    cut: list[Piece] = [Piece("…", False)] if begin else []
    at = begin
    for start, stop in spans:
        if start >= end:
            break
        cut += [Piece(text[at:start], False), Piece(text[start:stop], True)]
        at = stop
    cut += [Piece(text[at:end], False), Piece("…" if end < len(text) else "", False)]
    return [piece for piece in cut if piece.text]


def _stem(phrase: str) -> str:
    """The phrase without the ending of its last word, so that it finds the word in its other cases."""
    return _ENDING.sub(r"\1", phrase)


def _words(text: str) -> Iterator[_Word]:
    text = unicodedata.normalize("NFC", text)
    last: re.Match[str] | None = None
    for found in _WORD.finditer(text):
        folded = _LEFT_OUT.sub("", found[0]).casefold().replace("ё", "е")
        lead = "." if last and _continues(text, last, found) else " "
        yield _Word(found.start(), found.end(), lead, folded)
        last = found


def _continues(text: str, last: re.Match[str], found: re.Match[str]) -> bool:
    """Whether a word is the next part of a number."""
    numbers = last[0][-1].isdigit() and found[0][0].isdigit()
    return numbers and _JOINT.fullmatch(text, last.end(), found.start()) is not None


def _spans(words: Sequence[_Word], asked: Sequence[Sequence[tuple[str, str]]]) -> list[tuple[int, int]]:
    """Where phrases stand, those that touch each other drawn together."""
    found = sorted(
        (words[place].start, _end(words[place + len(phrase) - 1], phrase[-1][1]))
        for phrase in asked
        for place in range(len(words) - len(phrase) + 1)
        if _stands(phrase, words[place : place + len(phrase)])
    )
    spans: list[tuple[int, int]] = []
    for start, end in found:
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


def _stands(phrase: Sequence[tuple[str, str]], words: Sequence[_Word]) -> bool:
    *whole, (lead, last) = phrase
    return (
        words[-1].lead == lead
        and words[-1].folded.startswith(last)
        and [(word.lead, word.folded) for word in words[:-1]] == whole
    )


def _end(word: _Word, asked: str) -> int:
    """Where the part of a word that was asked for ends; where letters fold into more, the word's own end."""
    return word.start + len(asked) if len(word.folded) == word.end - word.start else word.end


def _window(text: str, first: int, longest: int) -> tuple[int, int]:
    if not longest or len(text) <= longest:
        return 0, len(text)
    begin = max(0, min(first - longest // 3, len(text) - longest))
    if begin:
        # at the beginning of a word
        begin = text.find(" ", begin, first) + 1 or begin
    return begin, min(len(text), begin + longest)
