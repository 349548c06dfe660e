"""Sections, rows, executors and activities against the order's table."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from app.domain.seed import Participant, Seed, lead_of
from tests.seeds.order_text import BY_AGREEMENT, LINES, TABLE, cell, joined, line

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def _printed(participant: Participant) -> str:
    return participant.named + (BY_AGREEMENT if participant.by_agreement else "")


def test_the_six_sections_are_the_orders_word_for_word(seed: Seed) -> None:
    assert [line(each.line) for each in seed.sections] == [
        f"{number}. {each.title}" for number, each in enumerate(seed.sections, start=1)
    ]
    assert [each.number for each in seed.sections] == [1, 2, 3, 4, 5, 6]


def test_the_25_rows_are_the_orders_word_for_word(seed: Seed) -> None:
    assert len(seed.rows) == 25
    for row in seed.rows:
        printed = [cell(row.lines, column) for column in range(4)]
        assert printed == [f"{row.number}.", row.title, row.deadline, row.executors_text]


def test_every_line_of_the_orders_table_is_in_the_plan_exactly_once(seed: Seed) -> None:
    cited = Counter(number for row in seed.rows for number in row.lines)
    cited.update(each.line for each in seed.sections)
    assert cited == Counter(number for number in TABLE if LINES[number - 1].strip())


def test_the_sections_hold_3_6_8_5_1_and_2_rows_in_the_orders_sequence(seed: Seed) -> None:
    assert Counter(row.section for row in seed.rows) == {1: 3, 2: 6, 3: 8, 4: 5, 5: 1, 6: 2}
    assert [row.lines[0] for row in seed.rows] == sorted(row.lines[0] for row in seed.rows)
    assert all(row.number.startswith(f"{row.section}.") for row in seed.rows)


def test_the_page_break_tails_are_glued_to_their_rows(seed: Seed) -> None:
    ends = {row.number: row.title.rsplit(" ", 3)[-3:] for row in seed.rows if len(row.lines) > 1}
    assert ends == {
        "3.4": ["ограниченными", "возможностями", "здоровья)"],
        "4.1": ["риск", "не", "трудоустройства"],
        "4.5": ["уходу", "за", "ребенком"],
    }


def test_the_28_activities_are_one_a_row_and_the_four_formats_of_3_4(seed: Seed) -> None:
    assert len(seed.activities) == 28
    for row in seed.rows:
        codes = [each.code for each in seed.activities if each.row == row.number]
        formats = ["3.4-1", "3.4-2", "3.4-3", "3.4-4"]
        assert codes == (formats if row.number == "3.4" else [row.number])


def test_an_activity_bears_the_title_of_its_row_or_of_its_format(seed: Seed) -> None:
    rows = {row.number: row for row in seed.rows}
    formats = [each.title for each in seed.activities if each.row == "3.4"]
    assert re.findall(r"- («[^»]+» \([^)]+\))", rows["3.4"].title) == formats
    for activity in seed.activities:
        if activity.row != "3.4":
            assert activity.title == rows[activity.row].title


def test_the_participants_of_an_activity_give_the_orders_executors_back(seed: Seed) -> None:
    rows = {row.number: row for row in seed.rows}
    for activity in seed.activities:
        printed = ", ".join(_printed(each) for each in activity.participants)
        assert printed == rows[activity.row].executors_text, activity.code


def test_what_the_order_calls_a_participant_is_a_name_of_it(seed: Seed) -> None:
    names = {
        each.key: {name.casefold() for name in (each.name, *each.aliases)} for each in seed.organizations
    }
    classes = {each.key: {name.casefold() for name in each.aliases} for each in seed.classes}
    for activity in seed.activities:
        for each in activity.participants:
            if each.organization:
                assert each.named.casefold() in names[each.organization], activity.code
            else:
                # The centres stand beside the institutions that they are part of.
                called = each.named.casefold().removeprefix("цств, ")
                assert called in classes[each.class_key], activity.code


def test_participation_by_agreement_is_marked_ten_times_in_seven_rows(seed: Seed) -> None:
    table = {row.number: joined(row.lines).count(BY_AGREEMENT.strip()) for row in seed.rows}
    marks = {
        activity.row: Counter(each.organization for each in activity.participants if each.by_agreement)
        for activity in seed.activities
    }
    assert {row: mark.total() for row, mark in marks.items()} == table
    assert sum(count > 0 for count in table.values()) == 7
    assert sum(marks.values(), Counter()) == {"dgszn": 5, "mybusiness": 3, "pfr": 2}


def test_the_organisation_named_first_leads_and_a_class_named_first_leaves_no_lead(seed: Seed) -> None:
    for activity in seed.activities:
        first = activity.participants[0]
        assert lead_of(activity) == (first.organization or None)
        assert first.role == ("lead" if first.organization else "member")
    without = [each.code for each in seed.activities if lead_of(each) is None]
    assert without == ["2.3", "2.4", "3.2", "4.1", "4.5"]


def test_the_defence_of_plans_is_heard_by_three_who_owe_nothing(seed: Seed) -> None:
    accepting = {
        activity.code: [each.organization for each in activity.participants if each.role == "accepting"]
        for activity in seed.activities
    }
    assert {code: who for code, who in accepting.items() if who} == {"2.4": ["department", "centre", "bpoo"]}


def test_the_lead_coordinates_and_the_centre_where_there_is_none(seed: Seed) -> None:
    for activity in seed.activities:
        assert activity.coordinator == (lead_of(activity) or "centre"), activity.code


@pytest.mark.parametrize(
    ("workflow", "codes"),
    [
        ("document", "1.1 1.3 2.1 2.3 2.6 3.1 3.2 5.1"),
        ("event", "2.2 2.4 3.4-1 3.4-2 3.4-3 3.4-4 3.5 3.6 3.8 4.4"),
        ("agreement", "1.2 6.2"),
        # 3.3 leaves collected answers behind; 3.7 and 6.1 go on all year and are shown by a register.
        ("monitoring", "2.5 3.3 3.7 4.1 4.2 6.1"),
        ("request", "4.3 4.5"),
    ],
)
def test_each_activity_is_work_of_its_kind(seed: Seed, workflow: str, codes: str) -> None:
    assert [each.code for each in seed.activities if each.workflow == workflow] == codes.split()


def test_the_chains_of_the_plan_are_kept(seed: Seed) -> None:
    chains = {
        activity.code: {f"{each.activity} {each.occurrence}".strip() for each in activity.after}
        for activity in seed.activities
        if activity.after
    }
    assert chains == {
        "1.3": {"1.2"},
        "2.2": {"2.1"},
        "2.3": {"2.2 1"},
        "2.4": {"2.3"},
        "2.6": {"2.5"},
        "3.2": {"3.1"},
        "3.4-1": {"3.3"},
        "3.4-2": {"3.3"},
        "3.4-3": {"3.3"},
        "3.4-4": {"3.3"},
        "4.2": {"4.1", "6.2"},
        "4.3": {"4.1"},
    }


@pytest.mark.parametrize(
    ("workflow", "key"),
    [
        ("document", "document"),
        ("event", "list_or_report"),
        ("agreement", "signed_paper"),
        ("monitoring", "table"),
        ("request", "register"),
    ],
)
def test_what_proves_the_work_follows_from_its_kind_and_is_one_thing_or_two(
    seed: Seed, workflow: str, key: str
) -> None:
    for activity in seed.activities:
        if activity.workflow == workflow:
            required = [each.key for each in activity.evidence if each.required]
            assert key in required, activity.code
            assert len(required) <= 2, activity.code


def test_an_event_of_one_organisation_is_proved_by_its_programme_too(seed: Seed) -> None:
    for activity in seed.activities:
        required = {each.key for each in activity.evidence if each.required}
        if activity.workflow == "event":
            assert ("programme" in required) == (activity.tasks_for == "lead"), activity.code


def test_what_the_order_does_not_say_is_marked_editorial(seed: Seed) -> None:
    assert all(each.editorial for activity in seed.activities for each in activity.evidence)
    assert all(each.editorial for each in seed.links)


def test_short_titles_fit_a_line_and_glosses_are_english(seed: Seed) -> None:
    for each in (*seed.sections, *seed.rows, *seed.activities, *seed.indicators):
        assert len(each.short_title) <= 60
        assert CYRILLIC.search(each.short_title)
        assert not CYRILLIC.search(each.gloss_en)
    assert len({each.short_title for each in seed.activities}) == 28


def test_every_label_stands_in_both_languages(seed: Seed) -> None:
    slots = [each for activity in seed.activities for each in activity.evidence]
    dates = [each for activity in seed.activities for each in activity.occurrences]
    for each in (*slots, *dates, *seed.figures):
        assert CYRILLIC.search(each.label_ru)
        assert not CYRILLIC.search(each.label_en)
