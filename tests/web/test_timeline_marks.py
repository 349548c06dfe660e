"""The marks of the timeline: they lie where the dates are, and each says in words what it shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.domain.permissions import Actor
from app.models import Activity
from app.services import activities
from tests.infrastructure.forms import in_english, words
from tests.web.acting import Login
from tests.web.year import (
    TIMELINE,
    Extend,
    begins,
    codes,
    dates,
    drawn,
    ends,
    extending,
    noon,
    row_markup,
    standing,
)

pytestmark = [pytest.mark.data("story"), pytest.mark.one_database]

SignIn = Callable[..., FlaskClient]
KINDS = ("planned", "progress", "returned", "review", "done", "overdue", "off")


@pytest.fixture
def extend(database: Database, people: dict[str, Actor], now: datetime) -> Extend:
    return extending(database, people, now)


def test_every_mark_has_a_tooltip_and_the_row_says_them_all(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(TIMELINE).text
    for code in codes(html):
        shapes = drawn(html, code)
        titled = {shape.title for each in shapes.values() for shape in each if shape.title}
        untitled = {name for name, each in shapes.items() for shape in each if not shape.title}
        assert untitled <= {"band", "today-line", "year-thread", "year-path", "year-end", "-", "year-row"}, (
            code
        )
        label = re.search(r'role="img" aria-label="([^"]+)"', row_markup(html, code))
        assert label
        assert set(unescape(label[1]).split("; ")) == titled
    titles = [shape.title for shape in drawn(html, "2.3")["year-window"]]
    assert titles == ["21 Jan – 4 Feb: Done, 35 of 35 accepted"]


def test_a_window_reaches_from_its_first_day_to_the_end_of_its_last(sign_in: SignIn) -> None:
    shapes = drawn(sign_in("deputy").get(TIMELINE).text, "3.5")
    (window,), (end,) = shapes["year-window"], shapes["year-end"]
    assert (window.start, window.end) == (begins(date(2022, 5, 1)), ends(date(2022, 5, 31)))
    assert end.start == end.end == window.end
    assert not [name for name in shapes if "ghost" in name or "tail" in name]


def test_days_and_dots_stand_in_the_middle_of_their_days(sign_in: SignIn) -> None:
    html = sign_in("deputy").get(TIMELINE).text
    shapes = drawn(html, "2.2")
    assert [day.start for day in shapes["year-day-done"]] == [noon(date(2022, 1, 21))]
    assert [day.start for day in shapes["year-day-review"]] == [noon(date(2022, 6, 10))]
    dots = [shape for name, each in drawn(html, "4.2").items() for shape in each if "-dot-" in name]
    assert len(dots) == 13
    assert max(dots).start <= 100


def test_dots_of_the_same_day_stand_over_one_another(sign_in: SignIn) -> None:
    html = sign_in("deputy").get(TIMELINE).text
    last = [dot for dot in drawn(html, "4.1")["year-dot-planned"] if dot.start == noon(date(2022, 12, 30))]
    upper, lower = last
    assert lower.y - upper.y >= 10
    assert upper.title != lower.title


def test_an_extended_window_ends_with_the_date_in_force_and_its_first_date_is_a_ghost(
    sign_in: SignIn,
) -> None:
    shapes = drawn(in_english(sign_in("deputy")).get(TIMELINE).text, "1.1")
    (window,), (end,), (ghost,) = (shapes[name] for name in ("year-window", "year-end", "year-ghost-end"))
    assert (window.start, window.end) == (begins(date(2022, 2, 1)), ends(date(2022, 3, 11)))
    assert end.start == ends(date(2022, 3, 11))
    assert ghost.start == ends(date(2022, 2, 28))
    assert ghost.title == "first date 28 Feb"
    assert "year-tail" not in shapes


@pytest.mark.data("plan")
def test_where_one_of_35_is_extended_the_window_ends_for_the_others_and_has_a_tail(
    extend: Extend, login: Login
) -> None:
    extend("3.2", "college01", date(2022, 7, 20))
    html = login("deputy").get(TIMELINE).text
    shapes = drawn(html, "3.2")
    common, latest = ends(date(2022, 6, 30)), ends(date(2022, 7, 20))
    (window,), (end,), (ghost,), (tail,) = (
        shapes[name] for name in ("year-window", "year-end", "year-ghost-end", "year-tail")
    )
    assert window.end == end.start == ghost.start == common
    assert (tail.start, tail.end) == (common, latest)
    assert tail.title == "1 of 35 extended, up to 20 Jul"
    assert dates(html, "3.2") == "1 May – 30 Jun, 1 of 35 extended, up to 20 Jul"


@pytest.mark.data("plan")
def test_where_all_are_extended_the_earliest_date_is_the_end(extend: Extend, login: Login) -> None:
    for number in range(1, 12):
        extend("1.2", f"cluster{number:02}", date(2022, 12, 31))
    html = login("deputy").get(TIMELINE).text
    shapes = drawn(html, "1.2")
    assert shapes["year-end"][0].start == ends(date(2022, 12, 31))
    assert shapes["year-ghost-end"][0].start == ends(date(2022, 12, 30))
    assert "year-tail" not in shapes
    assert dates(html, "1.2").startswith("1 Dec – 31 Dec, extended from 30 Dec")


@pytest.mark.data("plan")
def test_an_extended_day_stands_at_its_new_date_with_a_ghost_at_the_first(
    extend: Extend, login: Login
) -> None:
    extend("2.2", "centre", date(2022, 7, 5), "2")
    html = login("deputy").get(TIMELINE).text
    shapes = drawn(html, "2.2")
    assert [day.start for day in shapes["year-day-planned"]] == [noon(date(2022, 7, 5))]
    assert [ghost.start for ghost in shapes["year-ghost-day"]] == [noon(date(2022, 6, 10))]
    (path,) = shapes["year-path"]
    assert (path.start, path.end) == (noon(date(2022, 6, 10)), noon(date(2022, 7, 5)))
    assert dates(html, "2.2") == "21 Jan, 5 Jul, 10 Jun extended to 5 Jul"


@pytest.mark.data("plan")
def test_an_extended_dot_shows_its_first_date_as_a_ghost(extend: Extend, login: Login) -> None:
    extend("4.2", "department", date(2022, 7, 18), "2022-07")
    shapes = drawn(login("deputy").get(TIMELINE).text, "4.2")
    assert noon(date(2022, 7, 18)) in [dot.start for dot in shapes["year-dot-planned"]]
    assert noon(date(2022, 7, 8)) not in [dot.start for dot in shapes["year-dot-planned"]]
    assert [ghost.start for ghost in shapes["year-ghost-dot"]] == [noon(date(2022, 7, 8))]


@pytest.mark.data("plan")
def test_a_dot_of_many_stays_where_it_is_for_most_and_has_a_tail(extend: Extend, login: Login) -> None:
    for college in ("college01", "college09"):
        extend("4.1", college, date(2022, 7, 15), "2021:2022-06")
    html = login("deputy").get(TIMELINE).text
    shapes = drawn(html, "4.1")
    common = noon(date(2022, 6, 30))
    assert common in [dot.start for dot in shapes["year-dot-planned"]]
    (tail,), (ghost,) = shapes["year-tail"], shapes["year-ghost-dot"]
    assert (tail.start, tail.end, ghost.start) == (common, noon(date(2022, 7, 15)), common)
    assert tail.title == "2 of 35 extended, up to 15 Jul"
    assert "30 Jun: 2 of 35 extended, up to 15 Jul" in dates(html, "4.1")


@pytest.mark.data("plan")
def test_several_extended_dates_are_counted_and_each_is_explained(extend: Extend, login: Login) -> None:
    extend("4.2", "department", date(2022, 7, 18), "2022-07")
    extend("4.2", "department", date(2022, 8, 19), "2022-08")
    told = dates(login("deputy").get(TIMELINE).text, "4.2")
    assert "2 dates extended, up to 19 Aug" in told
    assert "8 Jul extended to 18 Jul; 10 Aug extended to 19 Aug" in told


@pytest.mark.data("plan")
def test_a_withdrawn_activity_is_drawn_and_called_so(
    database: Database, people: dict[str, Actor], login: Login, now: datetime
) -> None:
    with database.transaction() as session:
        activity = session.scalars(select(Activity.id).where(Activity.code == "2.5")).one()
        activities.act(session, people["deputy"], activity, "withdraw", now=now, note="An order")
    html = login("deputy").get(TIMELINE).text
    assert 'class="year-window fill-off"' in row_markup(html, "2.5")
    assert drawn(html, "2.5")["year-window"][0].title == "1 Oct – 31 Oct: Withdrawn"
    assert standing(html, "2.5") == "Withdrawn"


def test_a_request_without_a_date_stands_open_where_it_was_made(sign_in: SignIn) -> None:
    shapes = drawn(in_english(sign_in("deputy")).get(TIMELINE).text, "4.3")
    (open_,) = shapes["year-open-progress"]
    assert open_.start == noon(date(2022, 5, 18))
    assert "no deadline: In progress" in open_.title
    assert [dot.start for dot in shapes["year-dot-off"]] == [noon(date(2022, 4, 15))]


@pytest.mark.data("plan")
def test_before_there_is_a_request_nothing_is_due(login: Login) -> None:
    html = login("deputy").get(TIMELINE).text
    assert dates(html, "4.5") == "on request, no deadline"
    assert drawn(html, "4.5").keys() <= {"band", "year-thread", "today-line", "-"}


def test_today_is_marked_in_every_row_and_named(sign_in: SignIn) -> None:
    html = in_english(sign_in("deputy")).get(TIMELINE).text
    lines = re.findall(r'<line class="today-line" x1="([\d.]+)%"', html)
    assert len(lines) == 28 + 6
    assert [float(x) for x in lines] == [noon(date(2022, 6, 15))] * 34
    assert "today, 15 Jun" in words(html)


def test_what_stands_how_is_told_by_patterns_and_signs_too(sign_in: SignIn) -> None:
    html = sign_in("deputy").get(TIMELINE).text
    assert 'fill="url(#hatch-overdue)"' in row_markup(html, "2.4")
    assert 'fill="url(#year-progress)"' in row_markup(html, "3.7")
    signs = {kind: re.search(rf'<g id="year-dot-{kind}"><circle[^>]*>(.*?)</g>', html) for kind in KINDS}
    drawings = [sign[1] for sign in signs.values() if sign]
    # what is not begun and what is done differ by their fill alone: white and dark
    assert len(drawings) == len(KINDS)
    assert len(set(drawings)) == len(KINDS) - 1
