"""Copies for everybody: what a file tells of its makers is gone, and what cannot be taken out is refused."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from openpyxl.comments import Comment
from PIL import Image, PngImagePlugin
from PIL.ExifTags import IFD, Base

from app.domain.errors import CannotBePublishedError
from app.exports.copies.make import public_copy
from app.file_types import EXTENSIONS

#: words that stand in nothing but what must go
SECRET = b"Ivanova"
ODT = EXTENSIONS["odt"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def everything(content: bytes) -> bytes:
    """The bytes, and those of every part where it is a package."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = b"".join(name.encode() + package.read(name) for name in package.namelist())
    return content + parts


def photo(kind: str = "JPEG") -> bytes:
    """A picture that is wider than high, lying on its side, with all that a telephone writes into it."""
    picture = Image.new("RGB", (60, 30), "red")
    exif = Image.Exif()
    exif[Base.Artist] = "Ivanova"
    exif[Base.Orientation] = 6
    exif.get_ifd(IFD.GPSInfo)[2] = (54.0, 46.0, 58.0)
    exif.get_ifd(IFD.GPSInfo)[29] = "Ivanova was here"
    written = io.BytesIO()
    if kind == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", "Ivanova")
        texts.add_itxt("XML:com.adobe.xmp", "<x>Ivanova</x>", zip=False)
        picture.save(written, "PNG", pnginfo=texts, exif=exif, dpi=(300, 300))
    else:
        xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Ivanova</x:xmpmeta>"
        picture.save(written, "JPEG", exif=exif, xmp=xmp, comment=b"by Ivanova")
        written.write(b"behind the end: Ivanova")
    return written.getvalue()


def document(*, comment: str = "", tracked: bool = False, picture: bool = False) -> bytes:
    made = Document()
    paragraph = made.add_paragraph("Методические рекомендации")
    made.core_properties.author = made.core_properties.last_modified_by = "Ivanova"
    made.core_properties.comments = made.core_properties.title = "Ivanova"
    if comment:
        made.add_comment(paragraph.runs[0], comment, author="Ivanova")
    if picture:
        made.add_picture(io.BytesIO(photo()))
    written = io.BytesIO()
    made.save(written)
    if not tracked:
        return written.getvalue()
    return changed(
        written.getvalue(), "word/document.xml", b"<w:body>", b'<w:body><w:ins w:author="Ivanova"/>'
    )


def table(*, comment: bool = False, hidden: bool = False) -> bytes:
    book = openpyxl.Workbook()
    book.properties.creator = book.properties.lastModifiedBy = "Ivanova"
    book.active["A1"] = "Итог"
    if comment:
        book.active["A1"].comment = Comment("see here", "Ivanova")
    if hidden:
        book.create_sheet("list").sheet_state = "hidden"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def open_document(content: str = "<office:document-content/>") -> bytes:
    manifest = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
        for name in ("/", "content.xml", "meta.xml", "settings.xml", "Thumbnails/thumbnail.png")
    )
    parts = {
        "mimetype": ODT,
        "content.xml": content,
        "meta.xml": "<meta:initial-creator>Ivanova</meta:initial-creator>",
        "settings.xml": "<config:config-item>printer of Ivanova</config:config-item>",
        "Thumbnails/thumbnail.png": "Ivanova",
        "META-INF/manifest.xml": f"<manifest:manifest>{manifest}</manifest:manifest>",
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return written.getvalue()


def changed(
    package: bytes, part: str, old: bytes, new: bytes, *, added: dict[str, bytes] | None = None
) -> bytes:
    """The package with something else in one of its parts, and with more parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(old, new) if name == part else content)
        for name, content in (added or {}).items():
            target.writestr(name, content)
    return written.getvalue()


def garbled(package: bytes) -> bytes:
    """The package with a part that cannot be unfolded; its table of contents is whole."""
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        entry = max(source.infolist(), key=lambda each: each.compress_size)
    start = entry.header_offset + 30 + len(entry.filename)
    return package[:start] + b"\xff" * entry.compress_size + package[start + entry.compress_size :]


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_a_picture_is_seen_as_before_and_tells_nothing(file: Path, kind: str) -> None:
    original = photo("PNG" if kind == "png" else "JPEG")
    assert SECRET in original
    file.write_bytes(original)
    copy, extension = public_copy(file, EXTENSIONS[kind])
    assert extension == kind
    assert SECRET not in copy
    with Image.open(io.BytesIO(copy)) as picture:
        # turned as its EXIF said, which is gone
        assert picture.size == (30, 60)
        assert not picture.getexif()
        assert (
            not {"exif", "xmp", "comment", "icc_profile", "XML:com.adobe.xmp", "Author"} & picture.info.keys()
        )
        assert picture.convert("RGB").getpixel((15, 30))[0] > 240
    assert public_copy(file, EXTENSIONS[kind]).content == copy


def test_a_transparent_picture_stays_transparent(file: Path) -> None:
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(file, "PNG")
    with Image.open(io.BytesIO(public_copy(file, "image/png").content)) as picture:
        assert picture.convert("RGBA").getpixel((0, 0))[3] == 0


def test_a_document_says_the_same_and_not_who_wrote_it(file: Path) -> None:
    original = document(picture=True)
    computer = rb'<Relationship Id="rId99" Type="http://x/attachedTemplate" TargetMode="External" '
    computer += rb'Target="file:///C:\Users\Ivanova\x.dotm"/></Relationships>'
    original = changed(
        *(original, "word/_rels/document.xml.rels", b"</Relationships>", computer),
        added={
            "customXml/item9.xml": b"<who>Ivanova</who>",
            "word/people.xml": b"<w15:person>Ivanova</w15:person>",
        },
    )
    assert everything(original).count(SECRET) > 5
    file.write_bytes(original)
    copy = public_copy(file, EXTENSIONS["docx"]).content
    assert SECRET not in everything(copy)
    opened = Document(io.BytesIO(copy))
    assert opened.paragraphs[0].text == "Методические рекомендации"
    assert len(opened.inline_shapes) == 1
    with zipfile.ZipFile(io.BytesIO(copy)) as package:
        assert not [name for name in package.namelist() if name.startswith("docProps")]
        types = package.read("[Content_Types].xml").decode()
        named = set(re.findall(r'PartName="/([^"]+)"', types))
        assert named <= set(package.namelist())


def test_a_table_says_the_same_and_not_who_made_it(file: Path) -> None:
    folder = b'<x15ac:absPath url="C:\\Users\\Ivanova\\"/><fileSharing userName="Ivanova"/></workbook>'
    original = changed(table(), "xl/workbook.xml", b"</workbook>", folder)
    assert everything(original).count(SECRET) >= 4
    file.write_bytes(original)
    copy = public_copy(file, EXTENSIONS["xlsx"]).content
    assert SECRET not in everything(copy)
    assert openpyxl.load_workbook(io.BytesIO(copy)).active["A1"].value == "Итог"


def test_an_open_document_says_the_same_and_not_who_wrote_it(file: Path) -> None:
    file.write_bytes(open_document())
    copy = public_copy(file, ODT).content
    assert SECRET not in everything(copy)
    with zipfile.ZipFile(io.BytesIO(copy)) as package:
        assert package.namelist()[0] == "mimetype"
        assert package.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert set(package.namelist()) == {"mimetype", "content.xml", "META-INF/manifest.xml"}
        assert b"meta.xml" not in package.read("META-INF/manifest.xml")


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("pdf", b"%PDF-1.4 /Author (Ivanova) %%EOF", "PDF"),
        ("docx", document(comment="ask Ivanova"), "comments"),
        ("docx", document(tracked=True), "tracked changes"),
        ("xlsx", table(comment=True), "comments"),
        ("xlsx", table(hidden=True), "hidden sheets"),
        ("xlsx", changed(table(), "", b"", b"", added={"xl/pivotCache/a.xml": b"<x/>"}), "other tables"),
        ("docx", changed(document(), "", b"", b"", added={"word/embeddings/a.bin": b"x"}), "a.bin"),
        ("docx", changed(document(), "", b"", b"", added={"word/media/a.gif": b"GIF"}), "a.gif"),
        # what is not UTF-8 could hide anything
        ("docx", changed(document(), "", b"", b"", added={"word/x.xml": "<é/>".encode("utf-16")}), "damaged"),
        (
            "odt",
            open_document("<office:annotation><dc:creator>Ivanova</dc:creator></office:annotation>"),
            "names",
        ),
        ("odt", open_document('<style table:display="false"/>'), "hidden sheets"),
        ("odt", open_document('<table:table-row table:visibility="filter"/>'), "hidden rows"),
        ("odt", open_document('<text:section text:display="none"/>'), "hidden text"),
        (
            "xlsx",
            changed(table(), "xl/worksheets/sheet1.xml", b'<row r="1"', b'<row r="1" hidden="1"'),
            "hidden rows",
        ),
        (
            "docx",
            changed(document(), "word/document.xml", b"<w:r>", b"<w:r><w:rPr><w:vanish/></w:rPr>"),
            "hidden text",
        ),
        ("docx", garbled(document()), "damaged"),
        ("jpg", b"\xff\xd8\xff nothing", "damaged"),
        ("docx", b"PK\x03\x04 nothing", "damaged"),
    ],
)
def test_what_cannot_be_cleaned_is_refused_with_the_reason(
    file: Path, kind: str, content: bytes, reason: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(CannotBePublishedError, match=reason):
        public_copy(file, EXTENSIONS[kind])
