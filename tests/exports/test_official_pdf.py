"""The PDF: the layout of the DOCX on paper, made of one text, with nothing fetched from anywhere."""

from __future__ import annotations

import builtins
import re
import sys
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.errors import PdfUnavailableError
from app.exports import official_pdf
from app.exports.execution_document import execution_document, execution_pdf
from app.exports.official import Column, Group, Heading, Lines, OfficialDocument, Signature, Table
from tests.exports.execution_sample import sample

weasyprint = pytest.importorskip("weasyprint")
ffi = pytest.importorskip("weasyprint.text.ffi")

MM = 96 / 25.4


def pages(document: OfficialDocument) -> list[Any]:
    """The pages as WeasyPrint lays them out; the bytes say little."""
    laid_out = []

    class Watching(weasyprint.HTML):  # type: ignore[misc, name-defined]
        def render(self, *arguments: Any, **more: Any) -> Any:
            printed = super().render(*arguments, **more)
            laid_out[:] = printed.pages
            return printed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weasyprint, "HTML", Watching)
        assert official_pdf.official_pdf(document).startswith(b"%PDF-")
    return laid_out


def texts(page: Any) -> list[str]:
    """The words of a page in their order."""
    return [box.text for box in page._page_box.descendants() if hasattr(box, "text")]


def document(**more: Any) -> OfficialDocument:
    values: dict[str, Any] = {
        **{"language": "ru-RU", "author": "Веха", "made_at": datetime(2022, 6, 15, 9, tzinfo=UTC)},
        **{"heading": "Справка", "subheading": ["План"], "blocks": [Lines(["Строка."])]},
    }
    return OfficialDocument(**(values | more))


def test_the_same_report_gives_the_same_bytes_and_says_what_it_is() -> None:
    made = execution_pdf(sample())
    # Where HarfBuzz's subsetter is missing, its substitute writes the moment into the fonts.
    if ffi.harfbuzz_subset is not None:
        assert made == execution_pdf(sample())
    told = b"".join(
        zlib.decompress(stream) for stream in re.findall(rb"stream\n(.*?)\nendstream", made, re.DOTALL)
    )
    # the language, and marks of headings and tables for those who listen
    assert b"/Lang (ru-RU)" in told
    assert {b"/Table", b"/TH", b"/H1"} <= set(re.findall(rb"/S (/\w+)", told))


def test_the_page_lies_across_with_the_margins_of_the_standard() -> None:
    (page, *_) = pages(execution_document(sample()))
    assert (page.width / MM, page.height / MM) == (pytest.approx(297, 0.01), pytest.approx(210, 0.01))
    box = page._page_box
    margins = [box.margin_left / MM, box.margin_right / MM, box.margin_top / MM, box.margin_bottom / MM]
    assert margins == pytest.approx([30, 10, 20, 20], 0.01)


def test_headings_come_again_and_pages_are_numbered_from_the_second_on() -> None:
    laid_out = pages(execution_document(sample(80)))
    assert len(laid_out) > 2
    for number, page in enumerate(laid_out[:-1], start=1):
        words = texts(page)
        assert ("Мероприятие" in words) or number == len(laid_out)
        assert (str(number) in words[-3:] or str(number) in words[:3]) == (number > 1)


def test_the_signature_stands_on_a_page_with_what_is_signed() -> None:
    rows = [["1", "Мероприятие"]]
    for number in range(40, 52, 4):
        blocks = [
            Table([Column("№", 20), Column("Что", 150)], [Group("", rows * number)]),
            Heading("Итоги"),
            Lines(["Всего: 1."]),
            Signature(("должность", "подпись", "И. О. Фамилия"), "«___» 2022 г."),
        ]
        last = texts(pages(document(blocks=blocks))[-1])
        assert {"Итоги", "Всего: 1.", "должность", "«___» 2022 г."} <= set(last), number


def test_what_must_be_one_page_is_printed_in_smaller_letters() -> None:
    long = document(blocks=[Lines(["Слово за словом. " * 8] * 40)])
    assert len(pages(long)) > 1
    assert len(pages(replace(long, one_page=True))) == 1


def test_nothing_is_fetched_whatever_a_text_names(tmp_path: Any) -> None:
    with pytest.raises(ValueError, match="not fetched"):
        official_pdf._refuse("http://example.org/")
    secret = tmp_path / "secret.txt"
    secret.write_text("тайна")
    hostile = f'<img src="file://{secret}"><link rel=attachment href="file://{secret}"><script>1</script>'
    (page,) = pages(document(heading=hostile, blocks=[Lines([hostile, "{{ 1 + 1 }}", "\x00\x0bконец"])]))
    words = "".join(texts(page))
    assert "<script>" in words.replace(" ", "")
    assert "{{ 1 + 1 }}" in words
    assert "конец" in words


def test_without_the_library_it_is_told_that_there_is_no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **more: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *arguments, **more)

    monkeypatch.delitem(sys.modules, "weasyprint")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(PdfUnavailableError, match="libpango"):
        official_pdf.official_pdf(document())
