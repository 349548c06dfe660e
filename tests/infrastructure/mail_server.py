"""A real mail server for tests: it takes letters over SMTP, or refuses them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from config import MailServer


@dataclass
class Inbox:
    """What the server has taken, the oldest first; with `refusal` it takes nothing."""

    server: MailServer
    refusal: str = ""
    raw: list[bytes] = field(default_factory=list)

    @property
    def letters(self) -> list[EmailMessage]:
        """The letters as a mail program reads them."""
        return [message_from_bytes(each, policy=default) for each in self.raw]  # type: ignore[misc]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refusal:
            return self.refusal
        self.raw.append(bytes(envelope.content))
        return "250 taken"


@contextmanager
def serve_mail() -> Iterator[Inbox]:
    """A server on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    inbox = Inbox(MailServer("127.0.0.1", port, "Веха <vekha@example.org>", tls="none"))
    controller = Controller(inbox, hostname="127.0.0.1", port=port, enable_SMTPUTF8=False)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()
