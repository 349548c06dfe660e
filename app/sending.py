"""Handing letters to the mail server, and remembering outside of the database which it has taken."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from app import mail
from app.sent import FOLDER, SentLetters
from app.services.outbox import Taken
from config import MailServer


class Post:
    """A mail server, with the memory of what it took. `anchor` is the folder of that memory, `now` UTC."""

    def __init__(self, server: MailServer, anchor: Path, now: datetime) -> None:
        """Make the memory ready: what cannot be noted must not be sent. Raises OSError."""
        self._server = server
        self._sent = SentLetters(anchor / FOLDER, now)

    def has_taken(self, letter: Taken) -> bool:
        """Whether the server has had it, though the database says nothing of it. Raises OSError."""
        return self._sent.has(letter.message_id, letter.address)

    def send(self, letter: Taken) -> None:
        """Hand a letter over. Raises OSError, and ValueError for what no letter can be made of."""
        server = self._server
        message = mail.compose(
            *(server.sender, letter.address, letter.subject, letter.text, letter.html),
            message_id=letter.message_id,
            at=letter.created_at,
        )
        mail.send(server, message)

    def note(self, letter: Taken) -> None:
        """Remember that the server has taken it; before the database is told. Raises OSError."""
        self._sent.add(letter.message_id, letter.address)
