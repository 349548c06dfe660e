"""What was asked for, marked in what is shown."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from app.domain.search import holds, pieces
from app.web.formats import verbatim

#: characters of a text that is not shown in full
_EXCERPT = 180


def marked(text: str | None, asked: Sequence[str], longest: int = 0) -> Markup:
    """The text with `<mark>` around what was asked for; cut around the first when `longest` is given."""
    parts = Markup().join(
        Markup("<mark>{}</mark>").format(piece.text) if piece.found else piece.text
        for piece in pieces(text or "", asked, longest)
    )
    return Markup(verbatim(parts))


def beside(asked: Sequence[str], shown: str, *others: str | None) -> Markup:
    """Why something was found when what is shown of it does not say so: a part of another of its texts."""
    missing = [phrase for phrase in asked if not holds(shown, [phrase])]
    for text in others:
        if text and text != shown and holds(text, missing):
            return marked(text, asked, _EXCERPT)
    return Markup()
