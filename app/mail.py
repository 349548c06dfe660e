"""Mail: a letter as RFC 5322 has it, handed to the server that the settings name."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from config import MailServer

#: seconds that a server may take for each answer
_PATIENCE = 30


def compose(
    sender: str, address: str, subject: str, text: str, html: str, *, message_id: str, at: datetime
) -> EmailMessage:
    """A letter as plain text with HTML beside it, the same to the byte whenever it is composed.

    `at` is an aware instant. Raises ValueError for an address or a subject of several lines.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = address
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    # RFC 3834: an absence notice must not answer it.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="base64")
    message.add_alternative(html, subtype="html", cte="base64")
    message.set_boundary(f"vekha-{hashlib.sha256(message_id.encode()).hexdigest()[:24]}")
    return message


def send(server: MailServer, message: EmailMessage) -> None:
    """Hand a letter over. Raises OSError or smtplib.SMTPException (itself an OSError)."""
    if server.tls == "ssl":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=_PATIENCE, context=ssl.create_default_context()
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=_PATIENCE)
    with connection:
        if server.tls == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(message)
