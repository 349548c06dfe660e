"""Parts of pages are kept, within bounds, and never under the wrong name."""

from __future__ import annotations

from markupsafe import Markup

from app.web.remembered import Remembered


def test_a_part_is_made_once_and_then_kept() -> None:
    made: list[str] = []

    def make() -> Markup:
        made.append("made")
        return Markup("<p>part</p>")

    remembered = Remembered()
    assert remembered.part("key", make) == remembered.part("key", make) == "<p>part</p>"
    assert made == ["made"]


def test_another_key_is_another_part() -> None:
    remembered = Remembered()
    remembered.part(("dashboard", 1), lambda: Markup("first"))
    assert remembered.part(("dashboard", 2), lambda: Markup("second")) == "second"


def test_the_part_that_was_not_asked_for_the_longest_goes_first() -> None:
    remembered = Remembered(room=6)
    for key in ("a", "b", "a", "c"):
        remembered.part(key, lambda: Markup("old"))
    assert remembered.part("a", lambda: Markup("new")) == "old"
    assert remembered.part("b", lambda: Markup("new")) == "new"
