"""What LibreOffice makes of the documents: it lays them out as Word does, more or less."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from app.exports.execution_document import execution_docx
from app.exports.execution_xlsx import execution_xlsx
from app.exports.note_document import NotePart, fits, note_docx
from tests.exports.execution_sample import sample
from tests.exports.test_note_document import sample as note_sample

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice is installed"),
]


def pages(folder: Path, name: str, content: bytes) -> int:
    """How many pages it has on paper."""
    (folder / name).write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, folder / name]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    printed = (folder / name).with_suffix(".pdf").read_bytes()
    return len(re.findall(rb"/Type\s*/Page\b", printed))


def test_the_fullest_note_that_is_said_to_fit_is_one_page(tmp_path: Path) -> None:
    line = "4.1 Базы данных выпускников и «группы риска»: Колледж № 9, Колледж № 13. Просрочено на 15 дней."
    sections = [(f"{number}. Методическое сопровождение ЦСТВ", *["1 из 3"] * 5) for number in range(6)]
    lines = 1
    fullest = None
    while True:
        parts = [NotePart("Просрочено", [line] * lines), NotePart("Показатели", [line] * lines)]
        note = replace(note_sample(), sections=sections, totals=[line] * 4, parts=parts)
        if not fits(note):
            break
        fullest, lines = note, lines + 1
    assert fullest is not None
    assert lines > 4
    assert pages(tmp_path, "note.docx", note_docx(fullest)) == 1


def test_documents_open_and_take_a_sensible_number_of_pages(tmp_path: Path) -> None:
    assert 3 <= pages(tmp_path, "report.docx", execution_docx(sample(120))) <= 12
    assert pages(tmp_path, "report.xlsx", execution_xlsx(sample(120))) >= 3
