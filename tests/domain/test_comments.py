"""Comments: what in their text is a link or a mention."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.comments import LINK, MENTION, named, pieces


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@college01, пришлите план", ["college01"]),
        # a dot or a hyphen at the end is the sentence's
        ("Спросите @centre.", ["centre"]),
        ("(@иванов.п)", ["иванов.п"]),
        # names are kept in lower case, and each is told once
        ("@Centre и @centre", ["centre"]),
        # an address of mail is none, nor is a lone sign
        ("info@example.org", []),
        ("@ @@centre @", []),
        # nor what stands in an address of the web
        ("https://example.org/@centre", []),
    ],
)
def test_a_name_after_the_sign_is_a_mention(text: str, names: list[str]) -> None:
    assert named(text) == names


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("См. https://example.org/a?b=1&c=2.", "https://example.org/a?b=1&c=2"),
        ("(http://example.org/x)", "http://example.org/x"),
        ("https://example.org/wiki/План_(2022)", "https://example.org/wiki/План_(2022)"),
        ("«https://example.org/»", "https://example.org/"),
        # nothing but the web is a link
        ("javascript:alert(1)", None),
        ("ftp://example.org", None),
        ("data:text/html,x", None),
    ],
)
def test_only_addresses_of_the_web_are_links(text: str, link: str | None) -> None:
    assert [piece.text for piece in pieces(text) if piece.kind == LINK] == ([link] if link else [])


@given(st.text(alphabet="ab1.,)(-@:/ \nhtps«»Ж"))
def test_the_pieces_are_the_text_again(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text)) == text
    for piece in pieces(text):
        assert piece.text
        if piece.kind == MENTION:
            assert piece.text[0] == "@"
