"""What no browser sends: texts, headers and bodies, and requests made of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

_NASTY = [
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\ud800",
        "\udfff\ud800",
        "\u202eexe.pdf",
        "\u200b\ufeff",
        "\r\nX: y",
        "%",
        "%00",
    ),
    *(
        "0",
        "-1",
        "1.5",
        "1e309",
        "NaN",
        "Infinity",
        "9" * 30,
        str(2**31),
        str(2**63),
        "²",
        "١٢",
        "0x1",
        "1:2:3",
    ),
    *("0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2022-02-30", "2022-W01", "2022-13"),
    *(
        "я" * 70_000,
        "=1+1",
        "{{7*7}}",
        "%(x)s {0}",
        "' OR 1=1--",
        "<script>",
        "//evil.example",
        "javascript:1",
    ),
    *("on", "true", "null", "[]", "../../etc/passwd", "a" * 300, "@" * 500, "\x1b[31m", "𝔞\U0010ffff"),
]
TEXTS = st.one_of(st.sampled_from(_NASTY), st.text(st.characters(), max_size=20))
#: as part of an address
SEGMENTS = TEXTS.filter(lambda text: 0 < len(text) < 2000)
NUMBERS = st.sampled_from(
    ["0", "-1", "0999999998", str(2**31 - 1), str(2**31), str(10**30), "x", "1.0", "٩٩٩٩٩٩٩", "²", "%00"]
)

_LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *(
                "Accept",
                "Accept-Language",
                "Accept-Encoding",
                "If-None-Match",
                "If-Match",
                "If-Modified-Since",
            ),
            *("If-Unmodified-Since", "If-Range", "Range", "Depth", "Destination", "Referer", "Origin"),
            *("User-Agent", "X-Requested-With", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-ID"),
            *("Authorization", "Brief", "Prefer", "Overwrite", "Timeout", "Lock-Token", "Cache-Control"),
        ]
    ),
    st.one_of(
        st.sampled_from(
            [
                *("*", "*/*;q=abc", "ru;q=1e999, en;q=-1", "x" * 5000, '"', 'W/"', '"a", W/"b', "bytes=9-1"),
                *("bytes=-0", f"bytes=0-{10**30}", "lines=1-2", "bytes=0-0,2-3,5-", "infinity", "-1", "2"),
                *("Thu, 99 Foo 99999 99:99:99 GMT", "0", "http://[", "//", "Basic ////", "Basic", "Bearer x"),
                *("Digest a=b", "text/calendar; version=9", "\xff\xfe", "Second-1, Infinite"),
            ]
        ),
        _LATIN,
    ),
    max_size=3,
)
_TYPES = st.sampled_from(
    [
        *("application/json", "text/plain", "application/xml", "text/calendar; charset=utf-7"),
        *("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x"),
        *("application/x-www-form-urlencoded; charset=utf-16", "application/octet-stream", "", "/", "a/b; c"),
    ]
)
_BROKEN = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [
            *(
                b"--x\r\n",
                b"--x\r\nContent-Disposition: form-data\r\n\r\nvalue\r\n--x--\r\n",
                b"&&==&%",
                b"%zz=%",
            ),
            b'--x\r\nContent-Disposition: form-data; name="a"; filename="\xff\x00.pdf"\r\n\r\n%PDF\r\n',
            b"--x\r\nContent-Disposition: form-data; name*=utf-8''%ff; filename=\"a\"\r\n\r\n",
            json.dumps({"task": [1, {"a": None}], "text": "\ud800"}).encode(),
            b'<?xml version="1.0" encoding="utf-16"?><propfind xmlns="DAV:"/>',
            b"\xef\xbb\xbf",
        ]
    ),
)


class Sent(NamedTuple):
    """A body as it goes over the wire."""

    content: bytes
    type: str


def pairs(names: Sequence[str], valid: dict[str, Any]) -> st.SearchStrategy[list[tuple[str, str]]]:
    """The fields of a form: most of them as they should be, some hostile, some twice, some missing."""
    known = {name: st.one_of(st.just(str(valid[name])) if name in valid else TEXTS, TEXTS) for name in names}
    name = st.sampled_from(sorted(known)) if known else st.just("a")
    field = st.one_of(
        name.flatmap(lambda each: st.tuples(st.just(each), known.get(each, TEXTS))), st.tuples(TEXTS, TEXTS)
    )
    right = [(each, str(value)) for each, value in valid.items() if not isinstance(value, tuple)]
    return st.lists(field, max_size=6).map(
        lambda drawn: [pair for pair in right if pair[0] not in {each for each, _ in drawn}] + drawn
    )


def encoded(fields: Sequence[tuple[str, str]]) -> str:
    """As a query, or as the body of a form; half of a surrogate pair goes as the bytes that it would be."""
    return "&".join("=".join(_quoted(part) for part in pair) for pair in fields)


def bodies(names: Sequence[str], valid: dict[str, Any], token: str) -> st.SearchStrategy[Sent]:
    """A form with its token, as a browser encodes it, with files, or broken in some way."""
    form = pairs(names, valid).map(lambda fields: [("csrf_token", token), *fields])
    return st.one_of(
        form.map(lambda fields: Sent(encoded(fields).encode(), "application/x-www-form-urlencoded")),
        st.tuples(form, TEXTS, st.binary(max_size=50)).map(lambda drawn: _multipart(*drawn)),
        st.tuples(_BROKEN, _TYPES).map(lambda drawn: Sent(*drawn)),
    )


def quoted(segment: str) -> str:
    """As a part of an address."""
    return _quoted(segment)


def _multipart(fields: Sequence[tuple[str, str]], file_name: str, content: bytes) -> Sent:
    parts = [(_named(name), _bytes(value)) for name, value in fields]
    files = [name for name, _ in fields if name.startswith(("evidence", "replace", "workbook"))] or [
        "evidence"
    ]
    parts += [(_named(name) + b'; filename="' + _in_quotes(file_name) + b'"', content) for name in files]
    body = b"".join(b"--x\r\n" + head + b"\r\n\r\n" + value + b"\r\n" for head, value in parts)
    return Sent(body + b"--x--\r\n", "multipart/form-data; boundary=x")


def _named(name: str) -> bytes:
    return b'Content-Disposition: form-data; name="' + _in_quotes(name) + b'"'


def _in_quotes(text: str) -> bytes:
    return _bytes(text.replace('"', "%22").replace("\r", "").replace("\n", "")[:2000])


def _quoted(text: str) -> str:
    return quote_from_bytes(_bytes(text), safe="")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
