"""Search by words: what finds what, and what of it is marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.search import MOST_WORDS, holds, phrases, pieces, searchable

FINDS = [
    # the case of letters, Cyrillic as well
    ("ПЛАНЫ", "Планы содействия занятости"),
    # ё is е, both ways; composed or not
    ("отчет", "Отчёт о Неделе карьеры"),
    ("Отчёт", "отчет.pdf"),
    ("отче\u0308т", "отчёт"),
    ("район", "раи\u0306он"),
    # stress, a soft hyphen and what has no width say nothing
    ("замок", "за\u0301мок"),
    ("подтверждение", "под\u00adтверж\u200bдение"),
    # a Russian word in its other cases, as far as they end in vowels
    ("планы", "Защита планов"),
    ("Недели", "неделя карьеры"),
    ("занятостью", "Центр занятости"),
    ("базы", "базы данных"),
    ("региональный", "Региональная сеть"),
    # the beginning of a word is enough, in a compound as well
    ("экономич", "социально-экономического"),
    ("городпрофи.67", "канал «ГородПрофи.67»"),
    # quotation marks, dashes and blanks do not count
    ("„Точка опоры“", "Центр «Точка\u00a0опоры»"),
    ("3.4—1", "3.4-1"),
    # numbers as people write them in the names of files
    ("3.4", "3.4-1"),
    ("4.1", "4_1 отчёт.pdf"),
    ("№1006-0А", "приказ № 1006-0а"),
    ("2022-06", "scan_2022-06-15.pdf"),
]
DOES_NOT_FIND = [
    # not the middle of a word or of a number
    ("ланы", "Планы"),
    # short words stay whole, and so does what is not Russian
    ("базы", "базовая кафедра"),
    ("содей", "Содержание программ"),
    ("college", "colleg"),
    ("4.1а", "4.1"),
    ("4.1", "14.1"),
    ("4.1", "4.21"),
    ("4.1", "3.4-1"),
    # what belongs together stands together
    ("3.4-1", "3.4-2, 3.1"),
    ("неделя-карьеры", "карьеры неделя"),
]


@pytest.mark.parametrize(("question", "text"), FINDS)
def test_a_question_finds(question: str, text: str) -> None:
    kept = searchable(text)
    assert phrases(question)
    assert all(phrase in kept for phrase in phrases(question))
    assert any(piece.found for piece in pieces(text, phrases(question)))


@pytest.mark.parametrize(("question", "text"), DOES_NOT_FIND)
def test_a_question_does_not_find(question: str, text: str) -> None:
    kept = searchable(text)
    assert not all(phrase in kept for phrase in phrases(question))


def test_no_question_reaches_from_one_text_into_the_next() -> None:
    assert not holds("", phrases("4.1"))
    assert phrases("4.1")[0] not in searchable("строка 4", "1 июня")


@pytest.mark.parametrize("question", ["", "  ", "%", "_", "«»", "—", "\0", "\u202e", "'\"", "…", "\u0301"])
def test_a_question_without_letters_and_digits_asks_for_nothing(question: str) -> None:
    assert phrases(question) == ()


def test_a_long_question_is_cut() -> None:
    assert len(phrases(" ".join(f"слово{number}" for number in range(100)))) == MOST_WORDS
    assert len(phrases("а" * 10_000)[0]) < 300


def shown(question: str, text: str, longest: int = 0) -> str:
    found = pieces(text, phrases(question), longest)
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in found)


MARKS = [
    ("планы", "Планы и планирование", "[План]ы и [план]ирование"),
    ("3.4", "Пункт 3.4-1", "Пункт [3.4]-1"),
    ("отчет недел", "Отчёт о Неделе карьеры", "[Отчёт] о [Недел]е карьеры"),
    # overlapping finds are one
    ("карь карьерист", "Карьерист", "[Карьерист]"),
    # where a letter folds into two the whole word is marked
    ("strass", "Straße 5", "[Straße] 5"),
    ("нет", "Планы", "Планы"),
]


@pytest.mark.parametrize(("question", "text", "marked"), MARKS)
def test_what_was_asked_for_is_marked(question: str, text: str, marked: str) -> None:
    assert shown(question, text) == marked


def test_a_long_text_is_cut_around_the_first_find() -> None:
    text = "слово " * 100 + "искомое " + "слово " * 100
    cut = shown("искомое", text, 60)
    assert "[иском]ое" in cut
    assert cut.startswith("…")
    assert cut.endswith("…")
    assert len(cut) < 70
    assert shown("искомое", "искомое", 60) == "[иском]ое"


@given(st.text(), st.text(max_size=60))
def test_what_is_marked_is_what_is_found_and_nothing_of_the_text_is_lost(text: str, question: str) -> None:
    import unicodedata

    asked = phrases(question)
    found = pieces(text, asked)
    assert "".join(piece.text for piece in found) == unicodedata.normalize("NFC", text)
    assert any(piece.found for piece in found) == holds(text, asked)
