"""The pages of indicators, as people of every role read them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from app.db import Database
from app.domain import indicators as domain_indicators
from app.domain.indicators import STANDINGS, Reason
from app.models import Activity, Indicator, Measurement, Organization, Task
from app.services.indicators import IndicatorLine, indicator_lines
from app.services.plans import find_plan
from app.web.indicators import words as indicator_words
from tests.infrastructure.forms import in_english, send, words
from tests.infrastructure.statements import recorded_statements

pytestmark = pytest.mark.data("story")

SignIn = Callable[..., FlaskClient]
TABLE = "/plans/2022/indicators"
BODY = re.compile(r"<tbody>(.*?)</tbody>", re.DOTALL)
ROW = re.compile(r"<tr.*?</tr>", re.DOTALL)


@pytest.fixture
def lines(database: Database, today: date) -> dict[int, IndicatorLine]:
    with database.read() as session:
        return {line.number: line for line in indicator_lines(session, find_plan(session, "2022"), today)}


def rows(html: str, caption: str) -> list[str]:
    """The rows of the table of that caption, in words."""
    table = html.split(f">{caption}</caption>")[1]
    body = BODY.search(table)
    assert body is not None
    return [words(row) for row in ROW.findall(body.group(1))]


def test_the_table_tells_each_indicator_with_target_value_and_standing(
    sign_in: SignIn, lines: dict[int, IndicatorLine]
) -> None:
    client = in_english(sign_in("deputy"))
    shown = rows(client.get(TABLE).text, "Indicators")
    assert len(shown) == len(lines) == 11
    first, third, eleventh = shown[0], shown[2], shown[10]
    assert "at least 62.5%" in first
    assert f"{lines[1].display.normalize():f}%" in first if lines[1].display else "no data" in first
    assert f"{lines[1].reported} of 35" in first
    assert "no data" in third
    assert "No data" in third
    assert "at most 20%" in eleventh


def test_russian_targets_read_as_the_order_does(sign_in: SignIn) -> None:
    page = words(sign_in("deputy").get(TABLE).text).replace("\xa0", " ")
    for target in ("не менее 62,5 %", "не более 15 %", "не менее 1,5 раза", "не менее 300 чел."):
        assert target in page


def test_the_order_is_quoted_word_for_word(sign_in: SignIn, database: Database) -> None:
    with database.read() as session:
        titles = session.scalars(select(Indicator.title).order_by(Indicator.number)).all()
    page = unescape(sign_in("auditor").get(TABLE).text)
    assert [title for title in titles if title not in page] == []


def test_what_is_late_is_one_click_away(sign_in: SignIn, lines: dict[int, IndicatorLine]) -> None:
    client = sign_in("deputy")
    page = unescape(client.get(TABLE).text)
    endangered = {number for number, line in lines.items() if line.overdue_drivers}
    assert {int(each) for each in re.findall(r"/overdue\?indicator=(\d+)", page)} == endangered
    for address in set(re.findall(r'href="(/plans/2022/(?:overdue|tasks)\?indicator=\d+)"', page)):
        assert client.get(address).status_code == 200


def test_every_indicator_has_its_page(sign_in: SignIn, lines: dict[int, IndicatorLine]) -> None:
    client = in_english(sign_in("deputy"))
    for number, line in lines.items():
        answer = client.get(f"{TABLE}/{number}")
        assert answer.status_code == 200
        page = words(answer.text)
        assert f"Who has reported: {line.reported} of {line.expected}" in page
        assert unescape(line.title) in page
        assert ("There is nothing to compute yet." in page) == (line.display is None), number


def test_the_page_shows_the_sum_behind_the_value(sign_in: SignIn, lines: dict[int, IndicatorLine]) -> None:
    line = lines[1]
    page = words(in_english(sign_in("deputy")).get(f"{TABLE}/1").text)
    assert f"{line.numerator:,.0f} ÷ {line.denominator:,.0f} × 100% = " in page
    assert "never the mean of the organisations’ shares" in page


def test_the_chart_is_told_in_words_and_as_a_table(sign_in: SignIn, lines: dict[int, IndicatorLine]) -> None:
    line = lines[1]
    assert line.forecast is not None
    html = in_english(sign_in("deputy")).get(f"{TABLE}/1").text
    for size in ("wide", "narrow"):
        assert f'role="img" aria-labelledby="chart-{size}-title chart-{size}-text"' in html
    heading = f"{float(line.forecast.projection.value):.1f}%"
    description = re.search(r'<desc id="chart-wide-text">([^<]+)', html)
    assert description is not None
    assert f"forecast for 31 Dec 2022: {heading}" in unescape(description.group(1))
    shown = rows(html, "The figures of the chart")
    assert len(shown) == len(line.points) + 1
    assert f"{line.display.normalize():f}%" in shown[-2] if line.display else False
    assert heading in shown[-1]
    assert "FORECAST.LINEAR" in html


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (5, "whoever has not reported counts against the share"),
        (6, "the worst of separate events has no trend"),
        (10, "it takes at least three accepted values"),
    ],
)
def test_where_there_is_no_forecast_the_page_says_why(sign_in: SignIn, number: int, why: str) -> None:
    assert why in words(in_english(sign_in("deputy")).get(f"{TABLE}/{number}").text)


def test_why_an_indicator_stands_where_it_does_is_one_sentence(sign_in: SignIn) -> None:
    page = words(sign_in("deputy").get(f"{TABLE}/1").text).replace("\xa0", " ")
    assert re.search(
        r"Данные поступили от 35 из 35 организаций; при текущем темпе \d\d,\d % к 31\.12\.2022 "
        r"при цели не менее 62,5 %; просрочено 5 задач, от которых зависит показатель;[^.;]+\.",
        page,
    )


def test_the_page_answers_what_follows_if_the_missing_report(
    sign_in: SignIn, lines: dict[int, IndicatorLine]
) -> None:
    client = in_english(sign_in("deputy"))
    html = client.get(f"{TABLE}/1?suppose=70,5").text
    shown = rows(html, "What would follow")
    assert [row.split(":")[0].split("  ")[0].strip() for row in shown][1:4] == [
        "like the rest", "like the best of the rest", "like the worst of the rest",
    ]  # fmt: skip
    assert shown[4].startswith("as you have entered: 70.5%")
    late = rows(html, "Late, or not reported yet")
    assert f"{len(late)} reports are missing" in words(html)
    assert sum(row.count("days late") for row in late) == len(late)
    for text, problem in (("many", True), ("101", True), ("-1", True), ("100", False), ("", False)):
        page = client.get(f"{TABLE}/1", query_string={"suppose": text}).text
        assert ("Please enter a number from 0 to 100." in page) is problem, text
    # nobody has reported yet: only what the reader says can be supposed
    assert "What would follow" not in client.get(f"{TABLE}/3").text
    assert rows(client.get(f"{TABLE}/3?suppose=65").text, "What would follow") == [
        "as you have entered: 65% 65% Met"
    ]


def test_the_best_and_the_worst_report_show_to_those_who_see_all_of_them(sign_in: SignIn) -> None:
    page = in_english(sign_in("college03")).get(f"{TABLE}/1").text
    assert "like the rest: " in page
    assert "like the best of the rest" not in page
    assert "Remind all who are late" not in page
    # nor is anybody told how often another was reminded
    missing = rows(page, "Late, or not reported yet")
    watched = rows(in_english(sign_in("deputy")).get(f"{TABLE}/1").text, "Late, or not reported yet")
    assert any(" last " in row for row in watched)
    assert sum(" last " in row for row in missing) <= 1


def test_a_divergence_is_shown_by_persons_and_by_totals(sign_in: SignIn, database: Database) -> None:
    client = in_english(sign_in("deputy"))
    persons, totals = rows(client.get(f"{TABLE}/11").text, "Two readings of the order")
    with database.read() as session:
        found = session.execute(
            select(Measurement.figure, Measurement.number)
            .where(Measurement.standing == "counted", Measurement.as_of == date(2022, 5, 1))
            .where(Measurement.figure.in_(("compared", "differing", "employed_ours", "employed_theirs")))
        )
        given = {row.figure: row.number for row in found}
    ours, theirs = int(given["employed_ours"]), int(given["employed_theirs"])
    assert "this one counts" in persons
    assert f"{given['differing']:,.0f} ÷ {given['compared']:,.0f} × 100% = " in persons
    assert "for comparison" in totals
    assert f"|{ours:,} − {theirs:,}| ÷ {theirs:,} × 100% = {abs(ours - theirs) * 100 / theirs:.1f}%" in totals
    assert "Two readings of the order" not in client.get(f"{TABLE}/1").text


def test_without_totals_the_page_says_what_is_missing(sign_in: SignIn, database: Database) -> None:
    with database.transaction() as session:
        session.execute(delete(Measurement).where(Measurement.figure == "employed_theirs"))
    page = words(in_english(sign_in("deputy")).get(f"{TABLE}/11").text)
    assert "By totals there is no value yet: activity 4.2 has not reported" in page


def test_the_page_shows_an_indicator_as_of_a_past_day(
    sign_in: SignIn, lines: dict[int, IndicatorLine]
) -> None:
    client = in_english(sign_in("deputy"))
    html = client.get(f"{TABLE}/1?as_of=2022-04-20&suppose=60").text
    march = [point for point in lines[1].points if point.day < date(2022, 4, 20)]
    assert march[-1].display is not None
    shown = rows(html, "The figures of the chart")
    assert len(shown) == len(march) + 1, "what came later shows already"
    assert f"{march[-1].display.normalize():f}%" in shown[-2]
    assert ">20 Apr</text>" in html
    assert "overdue/reminders" not in html
    assert '<input type="hidden" name="as_of" value="2022-04-20">' in html
    assert client.get(f"{TABLE}/1?as_of=2022-07-01").status_code == 422


def test_all_who_are_late_are_reminded_from_the_page_at_once(
    sign_in: SignIn, app: Flask, lines: dict[int, IndicatorLine]
) -> None:
    client = in_english(sign_in("deputy"))
    html = client.get(f"{TABLE}/1").text
    (tasks,) = re.findall(
        r'name="one" value="([\d ]+)">[^<]*<svg.*?Remind all who are late', html, re.DOTALL
    )[:1]
    assert len(tasks.split()) == lines[1].overdue_drivers
    address = "/plans/2022/overdue/reminders?back=indicator&number=1"
    answer = send(client, f"{TABLE}/1", address, {"one": tasks})
    assert (answer.status_code, answer.location) == (303, f"{TABLE}/1")
    assert f"{len(tasks.split())} reminders were sent." in words(client.get(f"{TABLE}/1").text)


def test_a_college_sees_its_own_numbers_and_who_has_reported(
    sign_in: SignIn, database: Database, today: date
) -> None:
    with database.read() as session:
        numbers = session.execute(
            select(Organization.key, Measurement.number)
            .join(Organization, Organization.id == Measurement.organization_id)
            .where(Measurement.figure == "graduates", Measurement.standing == "counted")
        ).all()
    own = {f"{number:.0f}" for key, number in numbers if key == "college03"}
    college = rows(in_english(sign_in("college03")).get(f"{TABLE}/1").text, "Who has reported")
    deputy = rows(in_english(sign_in("deputy")).get(f"{TABLE}/1").text, "Who has reported")
    assert len(college) == len(deputy) == 35
    assert any(f" {number} " in college[0] for number in own)
    assert all("Counted" in row for row in college if "No data" not in row)
    assert [row for row in college[1:] if "— — — —" not in row] == []
    assert [row for row in deputy if "— — — —" in row] == []


def test_who_asked_another_organisation_for_what_stays_with_those_who_may_open_it(
    sign_in: SignIn, database: Database
) -> None:
    with database.read() as session:
        subjects = session.scalars(
            select(Task.subject).where(
                Task.subject != "", Task.activity_id.in_(select(Activity.id).where(Activity.code == "4.3"))
            )
        ).all()
    assert subjects
    for username, shown in (("deputy", True), ("cluster01", False)):
        page = unescape(sign_in(username).get(f"{TABLE}/9").text)
        assert any(subject in page for subject in subjects) is shown


def test_a_person_enters_figures_in_the_task_that_asks_for_them(sign_in: SignIn, database: Database) -> None:
    page = in_english(sign_in("college03")).get(f"{TABLE}/1").text
    (address,) = re.findall(r'<a class="btn btn-primary" href="([^"]+)">.*?Enter figures', page, re.DOTALL)[
        :1
    ]
    task_id = int(address.rsplit("/", 1)[1])
    with database.read() as session:
        owner = session.scalars(
            select(Organization.key)
            .join(Task, Task.organization_id == Organization.id)
            .where(Task.id == task_id)
        ).one()
    assert owner == "college03"
    assert "Enter figures" not in in_english(sign_in("deputy")).get(f"{TABLE}/1").text


def test_an_indicator_that_is_none_is_not_found(sign_in: SignIn) -> None:
    client = sign_in("deputy")
    assert client.get(f"{TABLE}/12").status_code == 404
    assert client.get(f"{TABLE}/0").status_code == 404
    assert client.get("/plans/1999/indicators").status_code == 404


@pytest.mark.parametrize("username", ["deputy", "college03"])
def test_a_page_costs_at_most_twelve_statements(app: Flask, sign_in: SignIn, username: str) -> None:
    client = sign_in(username)
    for address in (TABLE, f"{TABLE}/1", f"{TABLE}/6", f"{TABLE}/9"):
        with recorded_statements(app.extensions["vekha"].database) as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= 12, address


def test_every_standing_and_reason_of_the_domain_has_words(
    app: Flask, lines: dict[int, IndicatorLine]
) -> None:
    source = Path(domain_indicators.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'Reason\(\s*"(\w+)"', source)) | {"below_pace", "at_pace"}
    given = {
        "activity": "3.5",
        "value": Fraction(25, 2),
        "by_now": Fraction(10),
        "number": 2,
        "reported": 1,
        "expected": 3,
        "end": date(2022, 12, 31),
        "day": date(2022, 12, 31),
    }
    with app.test_request_context("/"):
        told = {code: indicator_words.sentence(lines[6], Reason(code, given)) for code in codes}
        assert all(told.values())
        assert len(set(told.values())) == len(codes) == 12
        for standing in STANDINGS:
            assert str(indicator_words.STANDINGS[standing].label)
