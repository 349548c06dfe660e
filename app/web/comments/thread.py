"""The thread as the page shows it: addresses are links, names stand out, nothing else is markup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, ngettext
from markupsafe import Markup

from app.domain.comments import LINK, MENTION, Piece, pieces
from app.services.comments import Line, Reader, Written
from app.web.formats import named, verbatim
from app.web.history import called_for


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment in the reader's language."""

    id: int
    at: datetime
    author: str
    text: str
    #: whom it mentions, by the names on screen
    mentioned: str
    withdrawn_at: datetime | None
    own: bool


def shown(thread: Iterable[Line], person_id: int) -> list[Shown]:
    """The comments as that person reads them."""
    return [_shown(line, person_id) for line in thread]


def called(reader: Line | Reader) -> str:
    """A person with the organisation that it acts for, unless its name says that already."""
    name = reader.person if isinstance(reader, Line) else reader.name
    house = named(reader)
    if not house or reader.short_name in name:
        return verbatim(name)
    return Markup("{}, {}").format(verbatim(name), house)


def told(written: Written) -> str:
    """What is said of a comment that was just written."""
    said = [gettext("The comment was added.")]
    if written.told:
        said.append(ngettext("%(num)s person is told.", "%(num)s people are told.", written.told))
    if written.nobody:
        names = ", ".join(f"@{name}" for name in written.nobody)
        said.append(gettext("Nobody who sees this task is called %(names)s.", names=names))
    return " ".join(said)


def _shown(line: Line, person_id: int) -> Shown:
    return Shown(
        id=line.id,
        at=line.at,
        author=called_for(verbatim(line.person), line.for_name) if line.for_name else called(line),
        text=_written(line.text, {reader.username for reader in line.mentioned}),
        mentioned=Markup("; ").join(called(reader) for reader in line.mentioned),
        withdrawn_at=line.withdrawn_at,
        own=line.person_id == person_id,
    )


def _written(text: str, mentioned: set[str]) -> Markup:
    html = Markup().join(_piece(piece, mentioned) for piece in pieces(text))
    return Markup('<span lang="ru">{}</span>').format(html) if verbatim(text) != text else html


def _piece(piece: Piece, mentioned: set[str]) -> Markup:
    if piece.kind == LINK:
        return Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(piece.text)
    if piece.kind == MENTION and piece.username in mentioned:
        return Markup('<strong class="mention">{}</strong>').format(piece.text)
    return Markup("{}").format(piece.text)
