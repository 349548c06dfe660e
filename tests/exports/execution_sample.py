"""A report of execution in miniature, with the texts that do harm where nobody looks after them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from app.exports.execution_report import (
    ExecutionReport,
    IndicatorOfExecution,
    RowOfExecution,
    SectionOfExecution,
)

FORMULA = '=HYPERLINK("http://example.org","x")'

TASK_DATES = ("Экземпляр", "Первый срок", "Срок", "Сдано", "Принято")

_ROW = RowOfExecution(
    number="1.1",
    title=FORMULA,
    deadline="февраль",
    executors="@Департамент\x0b",
    done="с 01.02.2022 по 10.03.2022",
    done_first=date(2022, 2, 1),
    done_last=date(2022, 3, 10),
    result="принято: 2 из 3",
    documents="http://example.org/перечень",
    state="Исполнено",
    reasons="-1+2",
    counts=(3, 2, 1, 0),
)
_INDICATOR = IndicatorOfExecution(
    number=1,
    title="+Доля",
    target="не менее 62,5 %",
    target_number=Decimal("62.5000"),
    value="57,2 %",
    value_number=Decimal("57.2"),
    unit="%",
    reported="34 из 35",
    reported_number=34,
    expected_number=35,
    standing="Под угрозой",
)


def sample(rows: int = 2) -> ExecutionReport:
    """A report of so many rows in one section, and two indicators, the second without data."""
    empty = replace(_INDICATOR, number=2, value="нет данных", value_number=None)
    lines = [replace(_ROW, number=f"1.{number}") for number in range(1, rows + 1)]
    lines[-1] = replace(lines[-1], done="—", done_first=None, done_last=None)
    return ExecutionReport(
        language="ru-RU",
        author="Веха",
        made_at=datetime(2022, 6, 15, 9, 30, tzinfo=UTC),
        as_of=date(2022, 6, 15),
        heading="Отчёт об исполнении плана",
        subheading=("План " * 60, "по состоянию на 15 июня 2022 г."),
        columns=(
            "№ п/п",
            "Мероприятие",
            "Срок",
            "Кто",
            "Дата",
            "Результат",
            "Документы",
            "Состояние",
            "Причины",
        ),
        done_columns=("Первая дата", "Последняя дата"),
        counted=("Задачи", "Принято", "На проверке", "Просрочено"),
        sections=[SectionOfExecution("1. Раздел", lines)],
        notes=["Пояснение."],
        rows_heading="Пункты плана",
        tasks_heading="Задачи",
        task_columns=(
            "№ п/п",
            "Мероприятие",
            "Кто",
            *TASK_DATES,
            "Состояние",
            "Дней",
            "Раз",
            "Ждёт",
            "Почему",
        ),
        tasks=[
            (
                *("1.1", FORMULA, "@Колледж", "", date(2022, 2, 28), date(2022, 3, 11), None, None),
                *("Не начата", 3, 0, None, "+7"),
            )
        ],
        indicators_heading="Показатели",
        indicator_columns=("№", "Показатель", "Цель", "Значение", "Представлено", "Состояние"),
        indicator_numbers=("Цель, число", "Значение", "Единица", "Представлено", "Всего"),
        indicators=[_INDICATOR, empty],
        totals_heading="Итоги",
        totals=["Пунктов плана: 2."],
        signature=("должность", "подпись", "И. О. Фамилия"),
        signed_on="«___» ______________ 2022 г.",
    )
