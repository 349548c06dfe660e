"""The program that checks an exported journal without Vekha: handed out as it is, and run by nobody here."""

from __future__ import annotations

from pathlib import Path

#: its name once it is downloaded
NAME = "verify_journal.py"
SCRIPT = Path(__file__).parent / "pages" / NAME
