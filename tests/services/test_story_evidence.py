"""The proof of the demonstration: whatever was submitted has it, and its files are what they say."""

from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from sqlalchemy import select

from app.db import Database
from app.models import Evidence, Requirement, Task
from app.storage import EvidenceStore
from tests.infrastructure.templates import Installation

pytestmark = pytest.mark.data("story")

NOTICE = "Демонстрационный документ. Содержание вымышлено."


def test_whatever_was_submitted_has_the_proof_that_its_activity_asks_for(database: Database) -> None:
    with database.read() as session:
        asked = session.execute(
            select(Task.id, Requirement.key)
            .join(Requirement, Requirement.activity_id == Task.activity_id)
            .where(Task.state.in_(("submitted", "accepted")), Requirement.required)
        ).all()
        given = session.execute(
            select(Evidence.task_id, Evidence.slot).where(Evidence.replaced_by.is_(None))
        ).all()
    assert len(asked) > 250
    assert {tuple(row) for row in asked} <= {tuple(row) for row in given}


def test_proof_is_files_of_every_type_links_and_notes(database: Database) -> None:
    with database.read() as session:
        kinds = set(session.scalars(select(Evidence.kind)))
        names = session.scalars(select(Evidence.name).where(Evidence.kind == "file")).all()
    assert kinds == {"file", "link", "note"}
    assert {Path(name).suffix for name in names} == {".docx", ".xlsx", ".pdf", ".png"}


def test_every_file_of_the_story_opens_and_says_what_it_is(
    database: Database, installation: Installation
) -> None:
    store = EvidenceStore(installation.evidence, 1)
    with database.read() as session:
        files = session.scalars(select(Evidence).where(Evidence.kind == "file")).all()
    assert len(files) > 150
    for file in files:
        content = store.path(file.sha256).read_bytes()
        assert len(content) == file.size
        READERS[Path(file.name).suffix](content)


def read_docx(content: bytes) -> None:
    document = Document(io.BytesIO(content))
    assert NOTICE in [paragraph.text for paragraph in document.paragraphs]
    assert document.tables[0].cell(0, 0).text == "Организация"


def read_xlsx(content: bytes) -> None:
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet["A2"].value == NOTICE
    assert sheet["A4"].value == "Организация"


def read_pdf(content: bytes) -> None:
    """Follow the file's own index to every object, and unpack the page."""
    index = int(content.rsplit(b"startxref", 1)[1].split()[0])
    places = re.findall(rb"^(\d{10}) 00000 n", content[index:], re.MULTILINE)
    for number, place in enumerate(places, start=1):
        assert content[int(place) :].startswith(b"%d 0 obj" % number)
    packed = content.split(b"stream\n", 1)[1].split(b"\nendstream", 1)[0]
    assert zlib.decompress(packed).count(b" S") > 100


def read_png(content: bytes) -> None:
    width, height = struct.unpack(">II", content[16:24])
    start = content.index(b"IDAT")
    (length,) = struct.unpack(">I", content[start - 4 : start])
    dots = zlib.decompress(content[start + 4 : start + 4 + length])
    assert len(dots) == (width + 1) * height
    assert dots.count(2) > 1000


READERS = {".docx": read_docx, ".xlsx": read_xlsx, ".pdf": read_pdf, ".png": read_png}


def test_a_replaced_file_keeps_its_earlier_version(database: Database, installation: Installation) -> None:
    store = EvidenceStore(installation.evidence, 1)
    with database.read() as session:
        replaced = session.scalars(select(Evidence).where(Evidence.replaced_by.is_not(None))).all()
        newer = {item.id: session.get_one(Evidence, item.replaced_by) for item in replaced}
    assert replaced
    for old in replaced:
        assert newer[old.id].version == old.version + 1
        assert newer[old.id].sha256 != old.sha256
        assert store.path(old.sha256).is_file()
