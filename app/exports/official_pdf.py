"""An official document as PDF: a page of HTML with the layout of the DOCX, printed by WeasyPrint.

WeasyPrint is an extra, for it needs Pango of the machine; without it there is no PDF. It fetches nothing:
the page is one text, and whatever a text of somebody's might name is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from app.domain.errors import PdfUnavailableError
from app.exports.official import Column, OfficialDocument, tall
from app.exports.packages import writable

MEDIA_TYPE = "application/pdf"

_PAGES = Path(__file__).parent / "pages"
#: points of the letters of a page that must be one
_SMALLEST = 8


def available() -> bool:
    """Whether WeasyPrint is installed. That it finds its libraries shows only when it is loaded."""
    return find_spec("weasyprint") is not None


def official_pdf(written: OfficialDocument) -> bytes:
    """The document. Raises PdfUnavailableError.

    The same content gives the same bytes where HarfBuzz's subsetter is installed; its substitute dates fonts.
    """
    try:
        # Half a second and 40 MB, which those who make no PDF do not pay.
        from weasyprint import CSS, HTML
    except (ImportError, OSError) as error:
        raise PdfUnavailableError(reason=str(error).splitlines()[0]) from error
    page = _environment().get_template("official.html").render(document=written)
    style = (_PAGES / "official.css").read_text(encoding="utf-8")
    printed = None
    for size in range(written.text, _SMALLEST - 1, -1):
        letters = CSS(string=f"{style}\nhtml {{ font-size: {size}pt }}", url_fetcher=_refuse)
        options = {"pdf_variant": "pdf/ua-1", "pdf_identifier": hashlib.sha256(page.encode()).digest()[:16]}
        printed = HTML(string=page, url_fetcher=_refuse).render(stylesheets=[letters], **options)
        if len(printed.pages) == 1 or not written.one_page:
            break
    assert printed is not None, "there is a size to print with"
    pdf: bytes = printed.write_pdf(**options)
    return pdf


def _refuse(url: str, *_arguments: object, **_more: object) -> Any:
    raise ValueError(f"{url} is not fetched")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_PAGES), autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=_said
    )
    is_tall: Callable[[Sequence[Column], Sequence[str]], bool] = tall
    environment.tests["tall_for"] = is_tall
    return environment


def _said(value: Any) -> Any:
    return writable(value) if type(value) is str else value
