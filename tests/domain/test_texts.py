"""What is kept of a text that somebody enters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InvalidInputError
from app.domain.texts import LONGEST_TEXT, kept_line, kept_lines, one_line, several_lines, unfit

characters = st.one_of(
    st.sampled_from(
        "абвЖЩё aZ09\t\n\r\v\f\0\x07\x1c\x85\u2028\u2029\u200b\u00a0\u00ad\u202e\ufeff\ud83d\udc00"
    ),
    st.sampled_from("👩\u200d👧👍🏽❤\ufe0fé\u0301\u1100\u1161\ufffe"),
    st.characters(),
)
anything = st.lists(characters, max_size=80).map("".join)


@given(anything)
def test_what_is_kept_can_be_stored_shown_and_sent_anywhere(text: str) -> None:
    for kept in (several_lines(text), one_line(text)):
        kept.encode()
        assert unfit(kept) == ""
        assert not any(
            unicodedata.category(char) == "Cc" for char in kept.replace("\n", "").replace("\t", "")
        )
        assert kept == kept.strip() == unicodedata.normalize("NFC", kept)
    assert len(several_lines(text).splitlines()) == several_lines(text).count("\n") + bool(
        several_lines(text)
    )
    assert len(one_line(text).splitlines()) <= 1


@given(anything)
def test_what_is_kept_is_kept_as_it_is(text: str) -> None:
    assert several_lines(several_lines(text)) == several_lines(text)
    assert one_line(one_line(text)) == one_line(several_lines(text)) == one_line(text)


@pytest.mark.parametrize(
    "text",
    [
        "Щёголь «Ёлка» — № 5, 100 %; \\n \"quoted\" 'single' <b>&amp;",
        "семья 👩\u200d👩\u200d👧, рука 👍🏽, сердце ❤\ufe0f, флаг 🇷🇺",
        # a flag that is written with tags, and an emoji that this Python does not know yet
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f \U0001fadf",
        "мяг\u00adкий перенос, нераз\u00a0рывный и узкий\u202fпробелы",
        "первая\nвторая\n\n\tчетвёртая",
    ],
)
def test_what_people_write_is_not_touched(text: str) -> None:
    assert several_lines(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("а\0б\x07в\x7f\x9b", "абв"),
        ("\ud83dполовина\udc4d", "половина"),
        ("а\r\nб\rв\x0bг\x0cд\x85е\u2028ж\u2029з", "а\nб\nв\nг\nд\nе\nж\nз"),
        ("\ufeff\u202eтекст\u2066", "текст"),
        ("не знаки \ufffe\uffff\ufdd0\U0010ffff", "не знаки"),
        ("е\u0308лка", "ёлка"),
        ("  края \n", "края"),
        *(
            (unseen, "")
            for unseen in ("", " \t\n", "\u200b", "\u00a0\u2009", "\u0301", "\0\0", "\u200d\ufe0f")
        ),
    ],
)
def test_what_nobody_can_see_or_store_is_left_out(text: str, kept: str) -> None:
    assert several_lines(text) == kept


def test_one_line_has_no_breaks_and_single_blanks() -> None:
    assert one_line("Колледж\r\nсвязи\u2028 №\u00a0\u00a05\t") == "Колледж связи № 5"


def test_a_text_that_is_too_long_is_refused_with_its_field() -> None:
    assert kept_lines("note", f"{'я' * LONGEST_TEXT}\0 ") == "я" * LONGEST_TEXT
    # a letter and its accent are one character, as they are kept
    assert kept_line("name", "е\u0308" * 5, 5) == "ё" * 5
    for refuse in (lambda: kept_lines("note", "я" * (LONGEST_TEXT + 1)), lambda: kept_line("note", "яя", 1)):
        with pytest.raises(InvalidInputError) as refused:
            refuse()
        assert list(refused.value.fields) == ["note"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ё\n\tй", ""),
        ("а\0", "U+0000"),
        ("а\r\nб", "U+000D"),
        ("а\u2028", "U+2028"),
        ("\ud83d", "U+D83D"),
        ("\u202e", "U+202E"),
    ],
)
def test_what_may_not_be_kept_is_named(text: str, named: str) -> None:
    assert unfit(text) == named
