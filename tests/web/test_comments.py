"""Comments on the page of a task: written, read, withdrawn, and told of."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from app.db import Database
from app.domain.permissions import Actor
from tests.infrastructure.signing_in import csrf_token
from tests.web.acting import Login, post, words

pytestmark = pytest.mark.data("plan")


def thread(html: str) -> str:
    found = re.search(r'<section class="panel" id="comments">.*?</section>', html, re.DOTALL)
    return found.group() if found else ""


def test_a_comment_is_read_by_those_who_see_the_task_and_its_links_are_safe(
    login: Login, task_id: int
) -> None:
    college, deputy = login("college01"), login("deputy")
    text = "<b>Ждём</b> протокол:\nhttps://example.org/?a=1&b=2\njavascript:alert(1) @deputy @college02"
    answer = post(college, f"/tasks/{task_id}/comments", {"text": text})
    assert (answer.status_code, answer.location) == (303, f"/tasks/{task_id}#comments")
    told = words(college.get("/tasks/0")) + words(college.get(f"/tasks/{task_id}"))
    assert "1 person is told." in told
    assert "Nobody who sees this task is called @college02." in told
    html = deputy.get(f"/tasks/{task_id}").text
    shown = thread(html)
    assert "&lt;b&gt;Ждём&lt;/b&gt; протокол:\n" in shown
    assert '<a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer nofollow">' in shown
    assert 'href="javascript' not in shown
    assert '<strong class="mention">@deputy</strong>' in shown
    assert '<strong class="mention">@college02' not in shown
    # Who the comment came from, and not a word of it in the history beside it.
    assert "college01" in shown
    assert "Comment written" not in html


def test_who_is_mentioned_reads_of_it_above_the_lists_until_the_task_is_opened(
    login: Login, task_id: int, people: dict[str, Actor]
) -> None:
    deputy, college = login("deputy"), login("college01")
    to = {"text": "Пришлите план.", "tell": str(people["college01"].person_id)}
    post(deputy, f"/tasks/{task_id}/comments", to)
    mine = words(college.get("/tasks"))
    assert "deputy mentions you in a comment" in mine
    assert "Пришлите план." in mine
    assert re.search(rf'href="/tasks/{task_id}#comment-\d+"', mine)
    college.get(f"/tasks/{task_id}")
    assert "mentions you" not in words(college.get("/tasks"))
    post(college, f"/tasks/{task_id}/comments", {"text": "@deputy готово"})
    assert "college01 mentions you in a comment" in words(deputy.get("/plans/2022/overdue"))


def test_a_comment_makes_nobodys_open_form_stale(login: Login, task_id: int, now: datetime) -> None:
    college, deputy = login("college01"), login("deputy")
    opened = college.get(f"/tasks/{task_id}").text
    known = dict(re.findall(r'name="(version|position)" value="(\d+)"', opened))
    post(deputy, f"/tasks/{task_id}/comments", {"text": "Когда?"})
    sent = {**known, "explanation": "Ждём педсовет.", "expected_on": "2022-07-01"}
    assert post(college, f"/tasks/{task_id}/explanation", sent).status_code == 303


def test_the_author_withdraws_its_comment_and_the_trace_stays(login: Login, task_id: int) -> None:
    college, deputy = login("college01"), login("deputy")
    post(deputy, f"/tasks/{task_id}/comments", {"text": "Не туда."})
    address = re.search(
        r'action="(/tasks/\d+/comments/\d+/withdrawal)"', deputy.get(f"/tasks/{task_id}").text
    )
    assert address
    assert "/withdrawal" not in thread(college.get(f"/tasks/{task_id}").text)
    assert post(college, address[1]).status_code == 403
    assert post(deputy, address[1]).location == f"/tasks/{task_id}#comments"
    shown = thread(college.get(f"/tasks/{task_id}").text)
    assert "Withdrawn by the author" in shown
    assert '<del><span lang="ru">Не туда.</span></del>' in shown


def test_the_auditor_reads_and_a_stranger_finds_nothing(login: Login, task_id: int) -> None:
    post(login("college01"), f"/tasks/{task_id}/comments", {"text": "Работаем."})
    auditor, stranger = login("auditor"), login("college02")
    shown = thread(auditor.get(f"/tasks/{task_id}").text)
    assert "Работаем." in shown
    assert "<form" not in shown
    assert post(auditor, f"/tasks/{task_id}/comments", {"text": "Вижу."}).status_code == 403
    assert post(stranger, f"/tasks/{task_id}/comments", {"text": "Вижу."}).status_code == 404


def test_what_was_typed_and_ticked_stays_when_it_is_refused(
    login: Login, task_id: int, people: dict[str, Actor]
) -> None:
    college = login("college01")
    deputy = str(people["deputy"].person_id)
    answer = post(college, f"/tasks/{task_id}/comments", {"text": "я" * 2001, "tell": deputy})
    assert answer.status_code == 422
    assert "Please use at most 2000 characters." in answer.text
    assert "я" * 2001 in answer.text
    assert re.search(rf'name="tell" value="{deputy}" checked', answer.text)
    token = csrf_token(answer.text)
    assert college.post(f"/tasks/{task_id}/comments", data={"csrf_token": token}).status_code == 422
    odd = {"text": "Так?", "tell": "x"}
    assert post(college, f"/tasks/{task_id}/comments", odd).status_code == 303


@pytest.mark.parametrize("address", ["/plans/2022/tasks?show=overdue", "/plans/2022/overdue"])
def test_lists_say_how_many_comments_there_are(
    login: Login, database: Database, task_id: int, address: str
) -> None:
    deputy = login("deputy")
    for text in ("Раз.", "Два."):
        post(deputy, f"/tasks/{task_id}/comments", {"text": text})
    assert deputy.get(address).text.count(">2 comments</span>") == 1
    assert login("college01").get("/tasks").text.count(">2 comments</span>") == 1
    # Whoever may not read them is not told that they are written.
    assert ">2 comments</span>" not in login("college02").get(address).text
