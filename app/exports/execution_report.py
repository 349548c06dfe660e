"""The report of execution as its documents take it: words written out, numbers and dates typed as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class RowOfExecution:
    """A row of the order; the texts are those of the columns, in their order."""

    number: str
    title: str
    deadline: str
    executors: str
    #: when it was done, in words, and the first and the last day of it
    done: str
    done_first: date | None
    done_last: date | None
    result: str
    documents: str
    state: str
    reasons: str
    #: counts of its tasks, in the order of `ExecutionReport.counted`
    counts: Sequence[int]


@dataclass(frozen=True, slots=True)
class SectionOfExecution:
    """A section of the order with its rows."""

    title: str
    rows: Sequence[RowOfExecution]


@dataclass(frozen=True, slots=True)
class IndicatorOfExecution:
    """An indicator; numbers are in its unit, the value as it is rounded on the pages, None without data."""

    number: int
    title: str
    target: str
    target_number: Decimal
    value: str
    value_number: Decimal | None
    unit: str
    reported: str
    reported_number: int
    expected_number: int
    standing: str


@dataclass(frozen=True, slots=True)
class ExecutionReport:
    """Everything that a report of execution says, in the words of one language."""

    #: BCP 47, e.g. ru-RU
    language: str
    author: str
    made_at: datetime
    as_of: date
    heading: str
    #: lines under the heading
    subheading: Sequence[str]
    #: names of the nine columns
    columns: Sequence[str]
    #: names of the first and the last day on which a row was done, where they stand apart
    done_columns: tuple[str, str]
    #: names of the counts of each row
    counted: Sequence[str]
    sections: Sequence[SectionOfExecution]
    #: what the columns mean
    notes: Sequence[str]
    rows_heading: str
    tasks_heading: str
    #: names of the columns of the tasks, where they stand apart: in a workbook alone
    task_columns: Sequence[str]
    #: texts, dates and numbers, in the order of the columns
    tasks: Sequence[Sequence[str | date | int | None]]
    indicators_heading: str
    #: number, title, target, value, reported, standing
    indicator_columns: Sequence[str]
    #: names of what stands apart beside them: target, value, unit, reported, expected
    indicator_numbers: Sequence[str]
    indicators: Sequence[IndicatorOfExecution]
    totals_heading: str
    totals: Sequence[str]
    #: what is written under the lines of the signature
    signature: Sequence[str]
    #: the line for the day of the signature
    signed_on: str
