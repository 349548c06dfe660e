"""Making the files of the corpus: documents with odd parts, bombs, PDFs and pictures of every kind."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Mapping

from pypdf import PdfReader, PdfWriter

from tests.infrastructure.files import JPEG, PDF, PNG, docx, pdf, xlsx

_MEGABYTE = 1024 * 1024


def package(
    parts: Mapping[str, bytes | str], base: bytes | None = None, infos: tuple[zipfile.ZipInfo, ...] = ()
) -> bytes:
    """A document (of Word, unless another one is given) with more parts; `infos` are those of odd kinds."""
    content = io.BytesIO(docx() if base is None else base)
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        # Names that stand twice are what is wanted.
        warnings.simplefilter("ignore")
        for name, part in parts.items():
            archive.writestr(name, part)
        for info in infos:
            archive.writestr(info, b"/etc/passwd")
    return content.getvalue()


def relationships(kind: str, target: str) -> str:
    """A part that says that something external belongs to another one."""
    place = "http://schemas.openxmlformats.org"
    return (
        f'<?xml version="1.0"?><Relationships xmlns="{place}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{place}/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )


def large(size: int) -> bytes:
    """A PDF of exactly that many bytes."""
    frame = b"<</Length %010d>>stream\n%b\nendstream"
    empty = len(pdf(frame % (0, b"")))
    # The place of the table has more digits in a longer file.
    room = size - empty
    for length in range(room, room - 12, -1):
        made = pdf(frame % (length, bytes(length)))
        if len(made) == size:
            return made
    raise AssertionError(size)


def scan() -> bytes:
    """A scanned page, as scanners write it: one picture."""
    image = (
        b"<</Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/DCTDecode/Length %d>>stream\n%b\nendstream" % (len(JPEG), JPEG)
    )
    return pdf(image)


def compressed_pdf() -> bytes:
    """A PDF whose objects are packed into streams, as newer programs write it, with a link."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(scan())))
    writer.add_uri(0, "https://example.org/", (0, 0, 10, 10))
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def packed_script() -> bytes:
    """A PDF with the script of a bookmark in a stream of objects, its names with numbers for characters."""
    script = b"<</S/Java#53cript/J#53(app.alert)>>"
    inner = zlib.compress(b"4 0 " + script)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%b\nendstream"
        % (len(inner), inner),
        b"<</First 7 0 R/Last 7 0 R/Count 1>>",
        b"<</Title(a)/Parent 6 0 R/A 4 0 R>>",
    )
    written, rows = bytearray(b"%PDF-1.7\n"), {0: (0, 0, 65535), 4: (2, 5, 0)}
    for number, content in zip((1, 2, 3, 5, 6, 7), objects, strict=True):
        rows[number] = (1, len(written), 0)
        written += b"%d 0 obj%b endobj\n" % (number, content)
    start = rows[8] = (1, len(written), 0)
    table = b"".join(struct.pack(">BLH", *rows[number]) for number in range(9))
    head = b"<</Type/XRef/Size 9/Root 1 0 R/W[1 4 2]/Length %d>>stream\n%b\nendstream" % (len(table), table)
    return bytes(written) + b"8 0 obj%b endobj\nstartxref\n%d\n%%%%EOF\n" % (head, start[1])


def with_form(form: str) -> bytes:
    """A PDF with a form of XFA."""
    content = f'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">{form}</xdp:xdp>'.encode()
    stream = b"<</Length %d>>stream\n%b\nendstream" % (len(content), content)
    return pdf(stream, root=b"/AcroForm<</Fields[]/XFA 4 0 R>>")


def deep_field(depth: int) -> bytes:
    """A PDF with a script in a field so many fields deep."""
    fields = [b"<</T(a)/Kids[%d 0 R]>>" % number for number in range(5, 5 + depth)]
    return pdf(
        *fields,
        b"<</T(a)/AA<</C<</S/JavaScript/JS(app.alert)>>>>>>",
        root=b"/AcroForm<</Fields[4 0 R]>>",
    )


def attaching(name: str, content: bytes) -> bytes:
    """A PDF with a file attached."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(PDF)))
    writer.add_attachment(name, content)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def with_fields(instruction: str, encoding: str = "utf-8", part: str = "word/footer1.xml") -> bytes:
    """A document with the instruction of a field, as it stands in the XML."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><w:ftr xmlns:w="urn:w"><w:p>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r></w:p></w:ftr>"
    )
    return package({part: text.encode(encoding)})


def encrypted_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(PDF)))
    writer.encrypt("secret", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def twice() -> bytes:
    return package({"word/document.xml": "<document>another</document>"})


def link() -> bytes:
    info = zipfile.ZipInfo("word/media/image1.png")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return package({}, infos=(info,))


def bomb(megabytes: int = 40) -> bytes:
    return package({"word/media/image1.bmp": bytes(megabytes * _MEGABYTE)})


def nested_bomb() -> bytes:
    inner = b""
    for _ in range(4):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(10):
                archive.writestr(f"{number}.zip", inner or bytes(_MEGABYTE))
        inner = content.getvalue()
    return package({"word/embeddings/book.xlsx": inner})


def overlapping() -> bytes:
    """Many entries of the table of contents that stand for the same bytes."""
    content, table = io.BytesIO(), bytearray()
    packed = zlib.compress(bytes(_MEGABYTE), wbits=-zlib.MAX_WBITS)
    whole = docx()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        start, infos = archive.start_dir, archive.infolist()
    end = whole.rindex(b"PK\x05\x06")
    content.write(whole[:start])
    place = content.tell()
    sizes = (zlib.crc32(bytes(_MEGABYTE)), len(packed), _MEGABYTE)
    for number in range(300):
        name = b"word/media/%03d.bmp" % number
        if number == 0:
            content.write(struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, *sizes, len(name), 0))
            content.write(name + packed)
        head = ("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, *sizes, len(name), 0, 0, 0, 0, 0, place)
        table += struct.pack(*head) + name
    table = bytearray(whole[start:end]) + table
    count, table_start = len(infos) + 300, content.tell()
    content.write(table)
    content.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(table), table_start, 0))
    return content.getvalue()


def understated() -> bytes:
    """A bomb whose table of contents says that it is small."""
    whole = bytearray(bomb(1))
    size = struct.pack("<L", _MEGABYTE)
    small = struct.pack("<L", 10)
    return bytes(whole.replace(size, small))


def laughs() -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "lol">{entities}]><d>&l9;</d>'


def dtd(encoding: str) -> bytes:
    text = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'
    return f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)


def locked_document() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")


def compound(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le")


def chart() -> bytes:
    chart = relationships("hyperlink", "https://example.org/")
    return package(
        {
            "word/charts/chart1.xml": "<chart/>",
            "word/embeddings/Microsoft_Excel_Sheet1.xlsx": xlsx(),
            "word/media/image1.png": PNG,
            "word/_rels/document.xml.rels": chart,
        }
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))


def huge_picture() -> bytes:
    head = struct.pack(">2L5B", 50_000, 50_000, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(bytes(1000))), _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
