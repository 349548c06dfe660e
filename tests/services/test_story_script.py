"""A story that does not hold together is refused with the entry's name, and nothing of it is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.domain.seed import SeedError, read_seed
from app.models import Person, Plan
from app.services import story
from app.services.story.cast import Cast
from app.services.story.deeds import Deed, deeds
from app.services.story.reader import read_script
from app.storage import EvidenceStore
from config import ROOT
from tests.seeds.breaking import break_seed

FILE = "story.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the seed of 2022 to break."""
    return Path(shutil.copytree(ROOT / "seeds" / "2022", tmp_path / "seed"))


def unfold(folder: Path) -> list[Deed]:
    return deeds(Cast(read_script(folder), read_seed(folder)))


def test_the_same_script_tells_the_same_story(folder: Path) -> None:
    assert unfold(folder) == unfold(folder)


def test_another_seed_draws_other_days_and_numbers(folder: Path) -> None:
    before = unfold(folder)
    break_seed(folder, FILE, "story.seed = 397", "story.seed = 398")
    after = unfold(folder)
    assert len(after) == len(before)
    assert [deed.at for deed in after] != [deed.at for deed in before]
    assert [deed.figures for deed in after] != [deed.figures for deed in before]


@pytest.mark.parametrize(
    ("old", "new", "after", "fault"),
    [
        (
            'by = "department", does = "start"',
            'by = "nobody", does = "start"',
            "# 2.1: in time",
            "act 2022-01-10 nobody start 2.1: field by: there is no account “nobody”",
        ),
        (
            'activity = "2.1"',
            'activity = "9.9"',
            "# 2.1: in time",
            "act 2022-01-10 department start 9.9: field activity: there is no activity “9.9”",
        ),
        (
            'occurrence = "1"',
            'occurrence = "7"',
            "# 2.2: the first",
            "act 2022-01-14 centre announce 2.2: field occurrence: “7” is none of 1, 2",
        ),
        (
            'who = ["college19"]',
            'who = ["college99"]',
            "# 2.4: two",
            "act 2022-02-14 college19 explain 2.4: field who: there is no organisation “college99”",
        ),
        (
            "on = 2022-01-10",
            "on = 2022-06-16",
            "# 2.1: in time",
            "act 2022-06-16 department start 2.1: ",
        ),
        (
            'does = "start", activity',
            'does = "start", mood = "good", activity',
            "# 2.1: in time",
            "act 2022-01-10 department start 2.1: field mood: is not known here",
        ),
        (
            'slot = "letter", file',
            'slot = "letter", note = "и так", file',
            "# 2.1: in time",
            "act 2022-01-14 department submit 2.1, evidence letter: field file: give exactly one of",
        ),
        (
            'who = ["college08"]',
            'who = ["cluster08"]',
            "# 2.3: all",
            "collective 2.3: field others: “cluster08” owes nothing in 2.3",
        ),
        (
            'path = "late"',
            'path = "lately"',
            "# 2.3: all",
            "collective 2.3, others lately: field path: “lately” is none of in_time, late,",
        ),
        (
            "between = [2022-02-07, 2022-02-09]",
            "between = [2022-01-20, 2022-01-20]",
            'does = "accept", by = "deputy"',
            "collective 2.3, path in_time, college01, accept: does not come after the step before it",
        ),
        (
            "between = [2022-03-01, 2022-03-05]",
            "between = [2022-03-06, 2022-03-08]",
            "# 3.8: ten",
            "collective 3.8, path in_time, cluster01, announce: no working day between",
        ),
        (
            "cluster04 = 1, ",
            "",
            "[collective.figures.contracts]",
            "collective 3.8, path in_time, cluster04: field figures: no number for 'cluster04'",
        ),
        (
            '"57.6"]',
            '"a lot"]',
            "# 4.1, January",
            "collective 4.1, figures employed: field shares: must hold decimal numbers in quotes",
        ),
        (
            "План содействия занятости 2022, {organization}.docx",
            "План содействия занятости 2022, {colour}.docx",
            "# 2.3: all",
            "collective 2.3, path in_time, college01, submit: “План содействия занятости 2022, {colour}",
        ),
        (
            'username = "admin"',
            'username = "college01"',
            "",
            "account college01: field username: stands twice",
        ),
        (
            'story.ends_at = "11:30"',
            'story.ends_at = "noon"',
            "",
            "story: field ends_at: “noon” is not a time like 09:30",
        ),
    ],
)
def test_a_fault_names_the_entry_and_the_reason(
    folder: Path, old: str, new: str, after: str, fault: str
) -> None:
    break_seed(folder, FILE, old, new, after)
    with pytest.raises(SeedError) as caught:
        unfold(folder)
    assert str(caught.value).startswith(f"{FILE}: {fault}")


@pytest.mark.parametrize(
    ("old", "new", "after", "fault"),
    [
        (
            'does = "start"',
            'does = "accept"',
            "# 2.1: in time",
            "act 2022-01-10 department accept 2.1 (department): This cannot be done now",
        ),
        (
            'does = "start"',
            'does = "dance"',
            "# 2.1: in time",
            "act 2022-01-10 department dance 2.1: field does: “dance” is none of accept, agree,",
        ),
        (
            'slot = "document", file = "Методические',
            'slot = "letter", file = "Методические',
            "# 2.1: in time",
            "act 2022-01-14 department submit 2.1 (department): missing: evidence document",
        ),
        (
            "Письмо о рассылке рекомендаций.pdf",
            "Письмо о рассылке рекомендаций.doc",
            "# 2.1: in time",
            "act 2022-01-14 department submit 2.1: field file: “Письмо о рассылке рекомендаций.doc” is none",
        ),
        (
            "subscribers_start = 1840",
            "viewers = 1840",
            "# 3.7: runs",
            "act 2022-01-12 centre attach 3.7 (centre): figure.viewers: This task does not ask for",
        ),
    ],
)
def test_what_a_service_refuses_stops_the_story_and_leaves_nothing(
    database: Database, tmp_path: Path, folder: Path, old: str, new: str, after: str, fault: str
) -> None:
    break_seed(folder, FILE, old, new, after)
    with pytest.raises(SeedError) as caught:
        story.tell(database, EvidenceStore(tmp_path / "evidence", 1_000_000), folder)
    assert str(caught.value).startswith(f"{FILE}: {fault}")
    with database.read() as session:
        left = [session.scalar(select(func.count()).select_from(table)) for table in (Person, Plan)]
    assert left == [0, 0]
