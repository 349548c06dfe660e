"""A seed's words stay as they are: what cannot be kept so is refused, and nothing of the seed is loaded."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.domain.seed import SeedError, read_seed
from app.models import Organization, Plan
from app.services.seeding import load_plan
from tests.infrastructure.templates import Installation
from tests.seeds.breaking import break_seed, fault_of

DEADLINE = '"с 21 января по 4 февраля"'


@pytest.mark.parametrize(
    ("written", "named"),
    [
        (r"\u0000", "U+0000"),
        (r"\u0007", "U+0007"),
        (r"\r", "U+000D"),
        (r"\u0085", "U+0085"),
        (r"\u2028", "U+2028"),
        (r"\u202E", "U+202E"),
        (r"\uFEFF", "U+FEFF"),
    ],
)
def test_a_character_that_cannot_be_kept_is_named_with_its_place(
    folder: Path, written: str, named: str
) -> None:
    break_seed(folder, "plan.toml", DEADLINE, f'"с 21 января{written}"', 'number = "2.3"\n')
    assert fault_of(folder) == (
        f"plan.toml: row 2.3: field deadline: holds {named}, a character that cannot be kept"
    )


def test_a_text_in_a_list_is_looked_at_too(folder: Path) -> None:
    break_seed(folder, "organizations.toml", 'aliases = ["', r'aliases = ["\u0000')
    assert "field aliases: holds U+0000" in fault_of(folder)


@pytest.mark.parametrize("text", ["Ёлка 👩\u200d👧 «№ 5»\u00a0\u2013 \u00ad", "две\\nстроки\\tс полями"])
def test_what_people_write_in_a_seed_stays_as_it_is(folder: Path, text: str) -> None:
    break_seed(folder, "plan.toml", DEADLINE, f'"{text}"', 'number = "2.3"\n')
    written = text.replace("\\n", "\n").replace("\\t", "\t")
    assert written in {row.deadline for row in read_seed(folder).rows}


def test_a_text_longer_than_its_column_is_refused_before_anything_is_kept(
    database: Database, folder: Path, now: datetime
) -> None:
    break_seed(
        folder, "organizations.toml", 'short_name = "', f'short_name = "{"я" * 120}', 'key = "college07"'
    )
    with pytest.raises(SeedError) as refused, database.transaction() as session:
        load_plan(session, read_seed(folder), now)
    assert str(refused.value).startswith(
        "organization college07: field short_name: is longer than 120 characters: “яяяя"
    )
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Organization)) == 0
        assert session.scalar(select(func.count()).select_from(Plan)) == 0


def test_a_name_in_two_lines_is_refused(database: Database, folder: Path, now: datetime) -> None:
    break_seed(
        folder, "organizations.toml", 'short_name = "', r'short_name = "Две\nстроки ', 'key = "college07"'
    )
    with pytest.raises(SeedError) as refused, database.transaction() as session:
        load_plan(session, read_seed(folder), now)
    assert str(refused.value).startswith("organization college07: field short_name: must be one line: “Две")


def test_the_command_says_which_text_it_was(installation: Installation, folder: Path) -> None:
    break_seed(folder, "plan.toml", 'short_title = "', f'short_title = "{"я" * 200}')
    loaded = installation.flask("plan", "load", str(folder))
    assert loaded.returncode == 1
    assert "field short_title: is longer than 200 characters" in loaded.stderr
    assert "Traceback" not in loaded.stderr
