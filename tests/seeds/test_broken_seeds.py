"""A seed with a wrong field is refused; the refusal names the file, the row, the field and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.errors import VekhaError
from app.domain.seed import SeedError, read_seed
from tests.seeds.breaking import break_seed, fault_of
from tests.seeds.order_text import FOLDER

FAULTS = [
    # A field that is missing, unknown, empty or of the wrong type.
    (
        "plan.toml",
        'code = "2.3"\n',
        'workflow = "document"\n',
        "",
        "plan.toml: activity 2.3: field workflow: is missing",
    ),
    (
        "plan.toml",
        'code = "2.3"\n',
        "workflow",
        "work_flow",
        "plan.toml: activity 2.3: field workflow: is missing",
    ),
    (
        "plan.toml",
        'number = "2.3"\n',
        "deadline",
        'colour = "red"\ndeadline',
        "plan.toml: row 2.3: field colour: is not known here",
    ),
    (
        "plan.toml",
        'number = "2.3"\n',
        '"с 21 января по 4 февраля"',
        '" "',
        "plan.toml: row 2.3: field deadline: is empty",
    ),
    (
        "plan.toml",
        'number = "2.3"\n',
        "section = 2",
        'section = "2"',
        "plan.toml: row 2.3: field section: must be a whole number",
    ),
    (
        "plan.toml",
        'number = "2.3"\n',
        "lines = [130]",
        'lines = ["130"]',
        "plan.toml: row 2.3: field lines: must hold only: a whole number",
    ),
    (
        "plan.toml",
        'number = "2.3"\n',
        "lines = [130]",
        "lines = [0]",
        "plan.toml: row 2.3: field lines: must be ascending numbers of lines, the first line being 1",
    ),
    (
        "plan.toml",
        'code = "2.3"\n',
        "required = true",
        "required = 1",
        "plan.toml: activity 2.3, evidence document: field required: must be true or false",
    ),
    (
        "plan.toml",
        'code = "2.3"\n',
        "2022-02-04",
        "2022-02-04T18:00:00",
        "plan.toml: activity 2.3, occurrence 1: field due: must be a date",
    ),
    (
        "plan.toml",
        'code = "4.1"\n',
        "min_updates = 2",
        "min_updates = 0",
        "plan.toml: activity 4.1, occurrence 2021:2022-01: field min_updates: 0 is less than 1",
    ),
    (
        "indicators.toml",
        "number = 8\n",
        '"1.5"',
        '"1,5"',
        "indicators.toml: indicator 8: field target: “1,5” is not a decimal number",
    ),
    (
        "organizations.toml",
        'key = "college21"',
        'category = "federal"\n',
        "",
        "organizations.toml: organization college21: field category: is missing",
    ),
    (
        "organizations.toml",
        'key = "pfr"',
        "line",
        'category = "federal"\nline',
        "organizations.toml: organization pfr: field category: is not known here",
    ),
    # A word that is none of the known ones.
    (
        "plan.toml",
        'code = "2.3"\n',
        '"document"',
        '"documents"',
        "plan.toml: activity 2.3: field workflow: “documents” is none of "
        "document, event, agreement, monitoring, request",
    ),
    (
        "plan.toml",
        'code = "2.3"\n',
        '["file", "link"]',
        '["file", "fax"]',
        "plan.toml: activity 2.3, evidence document: field kinds: “fax” is none of file, link, note",
    ),
    (
        "plan.toml",
        'code = "2.3"\n',
        '["file", "link"]',
        "[]",
        "plan.toml: activity 2.3, evidence document: field kinds: must hold at least one of file, link, note",
    ),
    (
        "order.toml",
        "[plan]",
        '"Europe/Moscow"',
        '"Europe/Smolensk"',
        "order.toml: plan: field time_zone: “Europe/Smolensk” is not a time zone",
    ),
    (
        "order.toml",
        "[order.lines]",
        "issuer",
        "publisher",
        "order.toml: order.lines: field publisher: is not known here",
    ),
]


@pytest.mark.parametrize(("file", "after", "old", "new", "fault"), FAULTS, ids=[each[-1] for each in FAULTS])
def test_a_fault_is_named_by_file_row_field_and_reason(
    folder: Path, file: str, after: str, old: str, new: str, fault: str
) -> None:
    break_seed(folder, file, old, new, after)
    assert fault_of(folder) == fault


def test_the_unbroken_copy_is_taken(folder: Path) -> None:
    assert read_seed(folder) == read_seed(FOLDER)


def test_the_parts_of_a_fault_can_be_asked_for_one_by_one(folder: Path) -> None:
    break_seed(folder, "plan.toml", '"document"', '"paper"', after='code = "2.3"')
    with pytest.raises(SeedError) as caught:
        read_seed(folder)
    fault = caught.value
    assert (fault.file, fault.row, fault.field) == ("plan.toml", "activity 2.3", "workflow")
    assert fault.reason.startswith("“paper” is none of")
    assert isinstance(fault, VekhaError)


def test_a_row_without_its_code_is_named_by_its_place(folder: Path) -> None:
    break_seed(folder, "plan.toml", 'number = "1.2"\n', "")
    assert fault_of(folder) == "plan.toml: row no. 2: field number: is missing"


@pytest.mark.parametrize("file", ["order.toml", "organizations.toml", "plan.toml", "indicators.toml"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    folder.joinpath(file).unlink()
    assert fault_of(folder) == f"{file}: cannot be opened (No such file or directory)"


def test_a_file_that_is_not_toml_is_named_with_the_line(folder: Path) -> None:
    break_seed(folder, "order.toml", "[plan]", "[plan")
    assert fault_of(folder).startswith("order.toml: is not TOML: ")
    assert "line 4" in fault_of(folder)


def test_a_file_in_another_encoding_is_named(folder: Path) -> None:
    text = folder.joinpath("plan.toml").read_text(encoding="utf-8")
    folder.joinpath("plan.toml").write_bytes(text.encode("cp1251", errors="replace"))
    assert fault_of(folder) == "plan.toml: is not UTF-8 text"


def test_a_percent_sign_in_the_seed_does_not_garble_thefault_of(folder: Path) -> None:
    break_seed(folder, "indicators.toml", 'kind = "share"', 'kind = "100%s"')
    assert "“100%s” is none of share" in fault_of(folder)
