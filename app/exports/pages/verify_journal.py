"""Check the journal of a plan: python verify_journal.py journal-2022.jsonl [heads.jsonl]

Each line of the journal is an entry. Its hash is the SHA-256 of the line without "hash", as JSON with its
keys in order and no blanks, in UTF-8; "previous" is the hash of the entry before it. heads.jsonl, the anchor,
names entries as they were at an instant; its lines are a chain themselves, by "seal" and "previous".

Needs nothing but Python 3.7 or newer. Names the first entry that is not what it was; ends with 0 when there
is none, with 1 when there is one, with 2 when there is nothing to check.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from typing import Any

GENESIS = "0" * 64


def digest(content: dict[str, Any], name: str) -> str:
    """SHA-256 over what a line says, but for the name under which it stands itself."""
    said = {key: value for key, value in content.items() if key != name}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read(path: str) -> list[dict[str, Any]]:
    """The lines of a file; what is no whole line is left out."""
    found = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
    return found


def broken_entry(entries: list[dict[str, Any]]) -> int | None:
    """Position of the first entry that is not what it was."""
    previous = GENESIS
    for position, entry in enumerate(entries, start=1):
        followed = entry["position"] == position and entry["previous"] == previous
        if not followed or entry["hash"] != digest(entry, "hash"):
            return position
        previous = entry["hash"]
    return None


def broken_head(heads: list[dict[str, Any]]) -> int | None:
    """Number of the first line of the anchor that is not what it was."""
    previous = GENESIS
    for number, head in enumerate(heads, start=1):
        if head["previous"] != previous or head["seal"] != digest(head, "seal"):
            return number
        previous = head["seal"]
    return None


def standing(heads: list[dict[str, Any]], plan: str) -> list[dict[str, Any]]:
    """The heads of a plan by position, without those in whose place later ones were accepted."""
    found: list[dict[str, Any]] = []
    for head in heads:
        if head["plan"] != plan:
            continue
        if "accepted" in head:
            found = [each for each in found if each["position"] < head["accepted"]["since"]]
        # At 0 there is no entry: that the plan was gone was accepted.
        if head["position"] > 0:
            found.append(head)
    return sorted(found, key=lambda each: int(each["position"]))


def check(journal: str, anchor: str | None) -> int:
    """Print what was found; the code to end with."""
    entries = read(journal)
    if not entries:
        print("There are no entries.")
        return 2
    position = broken_entry(entries)
    if position:
        print(f"Entry {position} is not what it was, or is missing.")
        return 1
    print(f"The chain holds. Entries: {len(entries)}, the last one: {entries[-1]['hash']}")
    if anchor is None:
        return 0
    heads = read(anchor)
    line = broken_head(heads)
    if line:
        print(f"Line {line} of the anchor does not follow from the one before it.")
        return 1
    # A second download is called "journal-2022 (1).jsonl".
    named = re.search(r"journal-(.+?)( ?\(\d+\))?\.jsonl$", journal)
    plan = named.group(1) if named else ""
    found = standing(heads, plan)
    if not found:
        print(
            f"The anchor names no entry of the plan “{plan}”; the file should be called journal-<plan>.jsonl."
        )
        return 1
    for head in found:
        place = head["position"]
        if place > len(entries) or entries[place - 1]["hash"] != head["hash"]:
            print(f"Entry {place} is not the one that was anchored at {head['at']}.")
            return 1
    print(f"It is the journal that was anchored. Heads of plan {plan}: {len(found)}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        print(__doc__)
        sys.exit(2)
    sys.exit(check(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else None))
