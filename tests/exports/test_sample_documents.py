"""Samples are the same however often they are made, and keep any text inside the page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.exports.sample_documents import MAKERS, SampleDocument, make_sample
from app.exports.strokes import draw, glyph, wrap


def sample(line: str = "Решение: план защищен.") -> SampleDocument:
    facts = [("Организация", "Колледж № 1"), ("Участников", "41")]
    created = datetime(2022, 2, 11, 9, tzinfo=UTC)
    return SampleDocument("Протокол № 3", "Демонстрационный документ.", facts, [line], created)


@pytest.mark.parametrize("extension", sorted(MAKERS))
def test_the_same_content_gives_the_same_bytes(extension: str) -> None:
    assert make_sample(extension, sample()) == make_sample(extension, sample())
    assert make_sample(extension, sample()) != make_sample(extension, sample("Решение не записано."))


@pytest.mark.parametrize("extension", ["pdf", "png"])
def test_a_text_that_is_too_long_for_the_page_does_no_harm(extension: str) -> None:
    assert make_sample(extension, sample("слово " * 5000))


def test_every_letter_of_russian_and_latin_is_drawn_in_its_own_way() -> None:
    alphabet = "абвгдежзийклмнопрстуфхцчшщъыьэюя" + "dfgijlnqrsuvwz" + "0123456789"
    drawn = {glyph(letter) for letter in alphabet}
    assert len(drawn) == len(alphabet)
    assert glyph("☃") not in drawn


def test_text_runs_to_the_right_without_overlapping() -> None:
    first, second = (list(draw(text)) for text in ("ТТ", "Т"))
    assert first[: len(second)] == second
    assert min(x for stroke in first[len(second) :] for x, _y in stroke) > max(
        x for stroke in second for x, _y in stroke
    )


def test_lines_break_between_words_and_keep_empty_paragraphs() -> None:
    assert wrap(["один два три", "", "четыре"], 8) == ["один два", "три", "", "четыре"]
