"""The jobs that guard the journal: anchoring where each chain ends, by file and by letter, and verifying."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app import mail
from app.anchor import Anchor, Head
from app.letters import heads_letter
from app.services.checking import check_ends, check_journals, gone_journals
from app.services.plans import all_plans
from app.work import JobFailedError, Work


def anchor_heads(work: Work) -> Mapping[str, Any]:
    """Write the heads of the journals down outside of the database.

    1. See that each chain still holds what was written down of it last.
    2. Append the present heads that are new to the file of the anchor, and flush it to the disk.
    3. Fail with the plans whose journal is another one than before: nothing is written of those.
    """
    heads, strayed = _present(work)
    result = {"heads": Anchor(work.config.anchor).append(heads, work.now)}
    if strayed:
        raise JobFailedError(
            "The journal is not the one that was anchored. Plans: %(plans)s.",
            **result,
            plans=", ".join(strayed),
        )
    return result


def mail_heads(work: Work) -> Mapping[str, Any]:
    """Mail where the journals end.

    1. Without a mail server, or an address for it, do nothing.
    2. Compose a letter of the present heads; it names the plans whose journal is another one than before.
    3. Hand it over. It does not wait in the outbox, where whoever it is to be held against could change it.
       Sent twice on a day it has the same Message-ID.
    """
    server, address = work.config.mail, work.config.anchor_mail
    if server is None or not address:
        return {"letters_sent": 0}
    heads, strayed = _present(work)
    letter = heads_letter([_line(head, work) for head in heads], strayed, work.now.date())
    message_id = f"<heads-{work.now.date().isoformat()}@{work.config.uid_domain}>"
    mail.send(server, mail.compose(server.sender, address, *letter, message_id=message_id, at=work.now))
    return {"letters_sent": 1}


def verify_journals(work: Work) -> Mapping[str, Any]:
    """Verify the journals.

    1. Follow the chain of every plan from its first entry to its head.
    2. Compare it with every head of it that was anchored, and see that the anchor itself holds and names no
       plan that is no more.
    3. Fail with the plan and the position of the first entry that is not what it was.
    """
    anchor = Anchor(work.config.anchor)
    with work.database.read() as session:
        plans, heads = all_plans(session), anchor.heads()
        found = check_journals(session, plans, heads) + gone_journals(plans, heads)
    upto = {journal.plan: journal.entries for journal in found}
    result = {"plans": len(plans), "entries": sum(upto.values()), "upto": upto}
    for message, params in (journal.told for journal in found if journal.broken):
        raise JobFailedError(message, **result, **params)
    if line := anchor.first_broken():
        raise JobFailedError(
            "The anchor was changed: line %(line)s does not follow from the one before it.",
            **result,
            line=line,
        )
    return result


def _present(work: Work) -> tuple[list[Head], list[str]]:
    """The heads that go on from the anchor, and the plans whose journal does not."""
    with work.database.read() as session:
        return check_ends(session, Anchor(work.config.anchor).last())


def _line(head: Head, work: Work) -> str:
    return json.dumps({"at": work.now.isoformat(), **head._asdict()}, ensure_ascii=False)
