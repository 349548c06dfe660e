"""The report of execution as a document to sign: A4 across, nine columns, indicators, totals, signature."""

from __future__ import annotations

from app.exports.execution_report import ExecutionReport
from app.exports.official import Column, Group, Heading, Lines, OfficialDocument, Signature, Table
from app.exports.official_docx import official_docx
from app.exports.official_pdf import official_pdf

#: widths of the columns, mm; together the width between the margins
_ROWS = (13, 54, 21, 33, 24, 22, 38, 24, 28)
_INDICATORS = (11, 90, 28, 24, 24, 80)


def execution_docx(report: ExecutionReport) -> bytes:
    """The document. The same report gives the same bytes."""
    return official_docx(execution_document(report))


def execution_pdf(report: ExecutionReport) -> bytes:
    """The same on paper. Raises PdfUnavailableError."""
    return official_pdf(execution_document(report))


def execution_document(report: ExecutionReport) -> OfficialDocument:
    """The report laid out."""
    rows = [
        Group(
            section.title,
            [
                (
                    row.number,
                    row.title,
                    row.deadline,
                    row.executors,
                    row.done,
                    row.result,
                    row.documents,
                    row.state,
                    row.reasons,
                )
                for row in section.rows
            ],
        )
        for section in report.sections
    ]
    indicators = [
        (str(each.number), each.title, each.target, each.value, each.reported, each.standing)
        for each in report.indicators
    ]
    return OfficialDocument(
        language=report.language,
        author=report.author,
        made_at=report.made_at,
        heading=report.heading,
        subheading=report.subheading,
        across=True,
        blocks=(
            Table([Column(*each) for each in zip(report.columns, _ROWS, strict=True)], rows),
            Lines(report.notes, note=True),
            Heading(report.indicators_heading),
            Table(
                [Column(*each) for each in zip(report.indicator_columns, _INDICATORS, strict=True)],
                [Group("", indicators)],
            ),
            Heading(report.totals_heading),
            Lines(report.totals),
            Signature(report.signature, report.signed_on),
        ),
    )
