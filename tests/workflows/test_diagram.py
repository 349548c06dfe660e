"""The pictures show the declarations, whole and legible."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from workflows import WORKFLOWS
from workflows.definition import Label
from workflows.diagram import layout, main, mermaid, svg
from workflows.layout import Diagram, Rect
from workflows.lettering import NAME_SIZE, text_width
from workflows.mermaid import page

SVG = "{http://www.w3.org/2000/svg}"
MANUAL = Path(__file__).parents[2] / "docs" / "workflows"
STYLES = Path(__file__).parents[2] / "app" / "static" / "css" / "diagram.css"

every_picture = pytest.mark.parametrize(
    ("name", "lang"), [(name, lang) for name in WORKFLOWS for lang in ("ru", "en")]
)
every_workflow = pytest.mark.parametrize("name", WORKFLOWS)


def classes(element: ElementTree.Element) -> set[str]:
    return set(element.get("class", "").split())


def captions(diagram: Diagram) -> list[Rect]:
    return [arrow.caption.rect for arrow in diagram.arrows if arrow.caption]


@every_picture
def test_every_state_has_a_box_with_its_whole_name(name: str, lang: str) -> None:
    boxes = {box.state: " ".join(box.lines) for box in layout(WORKFLOWS[name], lang=lang).boxes}
    assert boxes == {state.name: state.label.in_language(lang) for state in WORKFLOWS[name].states}


@every_picture
def test_every_step_is_drawn_from_each_of_its_sources(name: str, lang: str) -> None:
    drawn = [
        (arrow.step.trigger, source, arrow.step.dest)
        for arrow in layout(WORKFLOWS[name], lang=lang).arrows
        for source in arrow.sources
    ]
    assert sorted(drawn) == sorted(
        (step.trigger, source, step.dest) for step in WORKFLOWS[name].steps for source in step.sources
    )


@every_picture
def test_every_arrow_runs_from_the_edge_of_one_box_to_the_edge_of_another(name: str, lang: str) -> None:
    diagram = layout(WORKFLOWS[name], lang=lang)
    boxes = {box.state: box.rect for box in diagram.boxes}

    def touches(rect: Rect, x: float, y: float) -> bool:
        on_level = y in (rect.y, rect.bottom) and rect.x < x < rect.right
        return on_level or (x in (rect.x, rect.right) and rect.y < y < rect.bottom)

    for arrow in diagram.arrows:
        for source, path in zip(arrow.sources, arrow.paths, strict=True):
            assert touches(boxes[source], *path[0])
            assert touches(boxes[arrow.step.dest], *path[-1])
            assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(path))


@every_picture
def test_no_arrow_runs_through_a_box(name: str, lang: str) -> None:
    diagram = layout(WORKFLOWS[name], lang=lang)
    for arrow in diagram.arrows:
        for path in arrow.paths:
            for (ax, ay), (bx, by) in pairwise(path):
                line = Rect(min(ax, bx), min(ay, by), abs(ax - bx), abs(ay - by))
                assert not any(line.overlaps(box.rect) for box in diagram.boxes)


@every_picture
def test_boxes_and_words_do_not_overlap_and_nothing_leaves_the_picture(name: str, lang: str) -> None:
    diagram = layout(WORKFLOWS[name], lang=lang)
    occupied = [box.rect for box in diagram.boxes] + captions(diagram)
    assert not [(a, b) for a, b in combinations(occupied, 2) if a.overlaps(b)]
    assert all(rect.x >= 0 and rect.right <= diagram.width for rect in occupied)
    assert all(rect.y >= 0 and rect.bottom <= diagram.height for rect in occupied)
    assert diagram.width <= 700


@every_picture
def test_no_name_overflows_its_box(name: str, lang: str) -> None:
    for box in layout(WORKFLOWS[name], lang=lang).boxes:
        assert max(text_width(line, NAME_SIZE) for line in box.lines) <= box.rect.width
        assert len(box.lines) <= 2


@every_workflow
def test_no_two_arrows_share_an_upright(name: str) -> None:
    uprights: dict[tuple[float, float], set[str]] = {}
    for arrow in layout(WORKFLOWS[name]).arrows:
        for path in arrow.paths:
            for (ax, ay), (bx, by) in pairwise(path):
                if ax == bx:
                    uprights.setdefault((ax, max(ay, by)), set()).add(arrow.step.trigger)
    assert [steps for steps in uprights.values() if len(steps) > 1] == []


@every_picture
def test_words_that_must_be_read_stand_on_some_arrow(name: str, lang: str) -> None:
    """A straight line into a stage may go without: the stage is named like its step."""
    said = {
        " ".join(arrow.caption.lines) for arrow in layout(WORKFLOWS[name], lang=lang).arrows if arrow.caption
    }
    assert said >= {step.label.in_language(lang) for step in WORKFLOWS[name].steps if not step.stage}


@every_workflow
def test_the_present_state_and_only_it_is_marked_by_colour_and_by_word(name: str) -> None:
    for state in WORKFLOWS[name].states:
        root = ElementTree.fromstring(svg(WORKFLOWS[name], "en", state.name))
        marked = [group for group in root.iter(f"{SVG}g") if "wf-present" in classes(group)]
        assert [group.get("data-state") for group in marked] == [state.name]
        assert [text.text for text in root.iter(f"{SVG}text") if "wf-now" in classes(text)] == ["now"]


def test_without_a_present_state_none_is_marked() -> None:
    assert "wf-present" not in svg(WORKFLOWS["event"], "ru")


def test_visited_states_carry_a_tick() -> None:
    root = ElementTree.fromstring(
        svg(WORKFLOWS["event"], "ru", "held", visited=["planned", "announced", "held"])
    )
    ticked = [
        group.get("data-state")
        for group in root.iter(f"{SVG}g")
        if any("wf-tick" in classes(path) for path in group.iter(f"{SVG}path"))
    ]
    assert ticked == ["planned", "announced"]


@every_picture
def test_a_picture_tells_itself_to_those_who_do_not_see_it(name: str, lang: str) -> None:
    flow = WORKFLOWS[name]
    root = ElementTree.fromstring(svg(flow, lang, flow.initial, "chart"))
    title, text = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert title is not None
    assert text is not None
    assert root.get("aria-labelledby") == title.get("id") == "chart"
    assert root.get("aria-describedby") == text.get("id")
    assert flow.state(flow.initial).label.in_language(lang) in (title.text or "")
    for step in flow.steps:
        assert step.label.in_language(lang) in (text.text or "")


@every_workflow
def test_a_picture_passes_a_strict_content_policy(name: str) -> None:
    root = ElementTree.fromstring(svg(WORKFLOWS[name], "ru", WORKFLOWS[name].initial))
    for element in root.iter():
        assert element.tag not in (f"{SVG}style", f"{SVG}script")
        assert not [
            attribute for attribute in element.attrib if attribute == "style" or attribute[:2] == "on"
        ]


def test_every_class_of_a_picture_has_a_rule() -> None:
    used = {
        name
        for flow in WORKFLOWS.values()
        for element in ElementTree.fromstring(
            svg(flow, "ru", flow.initial, visited=[flow.states[1].name])
        ).iter()
        for name in classes(element)
    }
    rules = STYLES.read_text(encoding="utf-8")
    # An arrow is dressed by its parts.
    assert [name for name in sorted(used - {"wf-arrow"}) if f".{name} " not in rules] == []


def test_labels_are_escaped() -> None:
    flow = replace(WORKFLOWS["consent"], label=Label("А & <Б>", "A & <B>"))
    title = ElementTree.fromstring(svg(flow, "en", title_id='"x')).find(f"{SVG}title")
    assert title is not None
    assert title.text == "State diagram: A & <B>"


def test_mermaid_has_every_step_in_the_language_asked_for() -> None:
    drawn = mermaid(WORKFLOWS["consent"], "ru").splitlines()
    assert drawn == [
        "stateDiagram-v2",
        "    direction LR",
        '    state "По согласованию" as invited',
        '    state "Участие согласовано" as agreed',
        '    state "Участие отклонено" as declined',
        "    [*] --> invited",
        "    invited --> agreed : Согласиться",
        "    invited --> declined : Отказаться",
        "    declined --> invited : Пригласить снова",
        "    agreed --> [*]",
        "    declined --> [*]",
    ]


@every_workflow
def test_the_manual_shows_the_workflow_as_declared(name: str) -> None:
    """When this fails: python -m workflows.diagram docs/workflows"""
    assert (MANUAL / f"{name}.md").read_text(encoding="utf-8") == page(WORKFLOWS[name])


def test_the_manual_has_no_page_of_a_workflow_that_is_gone() -> None:
    assert {path.stem for path in MANUAL.glob("*.md")} == set(WORKFLOWS)


def test_the_pages_are_written_by_one_command(tmp_path: Path) -> None:
    assert main([str(tmp_path / "manual")]) == 0
    written = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "manual").iterdir()}
    assert written == {name: page(flow) for name, flow in WORKFLOWS.items()}


def test_the_command_without_a_folder_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
