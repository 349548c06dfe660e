"""The note on execution: one upright page, its table as wide as the text."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from app.exports.note_document import Note, NotePart, note_docx


def sample(late: str = "2.3 Планы: колледж\x0c. Просрочено на 3 дня.") -> Note:
    return Note(
        language="ru-RU",
        author="Веха",
        made_at=datetime(2022, 6, 15, 9, tzinfo=UTC),
        heading="Справка об исполнении плана",
        subheading=("План", "по состоянию на 15 июня 2022 г."),
        totals=("Пунктов плана: 25.",),
        columns=(
            "Раздел",
            "Мероприятий исполнено",
            "Задач принято",
            "На проверке",
            "Просрочено",
            "Под угрозой",
        ),
        sections=[("1. Прогноз", "1 из 3", "1 из 13", "0", "2", "1, 3")],
        parts=[NotePart("Просрочено", [late])],
    )


@pytest.fixture
def document() -> Any:
    return Document(io.BytesIO(note_docx(sample())))


def test_the_same_note_gives_the_same_bytes() -> None:
    assert note_docx(sample()) == note_docx(sample())
    assert note_docx(sample()) != note_docx(sample("Просроченных задач нет."))


def test_the_page_is_upright_and_the_table_fits_between_its_margins(document: Any) -> None:
    page = document.sections[0]
    assert (page.page_width.mm, page.page_height.mm) == (pytest.approx(210, 0.001), pytest.approx(297, 0.001))
    margins = [page.left_margin.mm, page.right_margin.mm, page.top_margin.mm, page.bottom_margin.mm]
    assert margins == pytest.approx([30, 10, 20, 20], 0.001)
    assert sum(column.width for column in document.tables[0].columns) <= Mm(171)


def test_its_headings_are_headings_and_its_letters_russian(document: Any) -> None:
    headings = [each.text for each in document.paragraphs if each.style.name.startswith("Heading")]
    assert headings == ["Справка об исполнении плана", "Просрочено"]
    assert {each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))} == {"ru-RU"}
    assert document.paragraphs[-1].text == "2.3 Планы: колледж. Просрочено на 3 дня."
