"""WCAG 2.2 AA by axe-core, and no page wider than its screen: every page, role and theme."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.infrastructure.server import LiveServer
from tests.infrastructure.signing_in import sign_in_page

pytestmark = [pytest.mark.browser, pytest.mark.looks, pytest.mark.sqlite, pytest.mark.timeout(300)]

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    # of what is well it need not say where
    "resultTypes": ["violations"],
}

SHARED = (
    "/plans/2022/",
    "/plans/2022/plan",
    "/plans/2022/activities/2.4",
    "/plans/2022/activities/4.1",
    "/plans/2022/activities/4.3",
    "/plans/2022/timeline",
    "/plans/2022/indicators",
    "/plans/2022/indicators/1",
    "/plans/2022/indicators/6",
    "/plans/2022/calendar",
    "/plans/2022/calendar?month=2022-03",
    "/plans/2022/calendar?view=agenda&from=2022-01-01",
    "/plans/2022/calendar/subscribe",
    "/plans/2022/discipline?as_of=2022-03-31",
    "/plans/2022/discipline/tasks?of=college31",
    "/account",
    "/nothing-here",
)
WATCHING = ("/plans/2022/overdue", "/plans/2022/tasks?show=working", "/plans/2022/reports/")
SEARCH = ("/search", "/search?q=%D0%BF%D0%BB%D0%B0%D0%BD", "/search?q=4.1&in=tasks", "/plans/2022/filters")
PAGES = {
    "deputy": (
        *SHARED,
        "/plans/2022/organizations/college19",
        *WATCHING,
        *SEARCH,
        "/plans/2022/filters",
        "/plans/2022/review",
        "/plans/2022/public",
    ),
    "auditor": (
        *WATCHING,
        "/public/plans/2022",
        "/public/plans/2022/data",
        "/plans/2022/",
        "/plans/2022/activities/2.4",
        "/plans/2022/journal",
    ),
    "admin": (*WATCHING, "/admin/people", "/admin/organizations", "/admin/jobs", "/admin/plans/2022/ladder"),
    # what an executor sees otherwise than everybody else
    "college19": (
        *("/tasks", "/account", "/plans/2022/", "/plans/2022/activities/2.4"),
        *("/plans/2022/calendar", "/plans/2022/calendar/subscribe"),
    ),
    "centre": ("/tasks", "/plans/2022/overdue", "/plans/2022/activities/2.4"),
}
SCREENS = {
    "wide": {"viewport": {"width": 1440, "height": 1000}},
    "narrow and dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
EVERYBODY = [(role, screen) for role in PAGES for screen in SCREENS]


@pytest.mark.parametrize(
    ("role", "browser_context"),
    [pytest.param(role, SCREENS[screen], id=f"{role}, {screen}") for role, screen in EVERYBODY],
    indirect=["browser_context"],
)
def test_no_page_keeps_anybody_out(role: str, live_server: LiveServer, page: Page) -> None:
    axe = Axe()
    sign_in_page(page, role)
    faults = []
    for path in (*PAGES[role], *_first_tasks(page, role)):
        page.goto(path)
        faults += [f"{path}: {fault}" for fault in _faults(axe, page)]
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if overflow > 0:
            faults.append(f"{path}: is {overflow} px wider than the screen")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "browser_context", [pytest.param(options, id=name) for name, options in SCREENS.items()], indirect=True
)
def test_the_sign_in_page_keeps_nobody_out(live_server: LiveServer, page: Page) -> None:
    page.goto("/login")
    assert not _faults(Axe(), page)


def _first_tasks(page: Page, role: str) -> list[str]:
    """A task in each state that the role can reach from its lists: overdue, under review, done."""
    lists = {
        "college19": ("/tasks",),
        "centre": ("/tasks",),
    }.get(role, tuple(f"/plans/2022/tasks?show={show}" for show in ("overdue", "review", "accepted")))
    found = []
    for address in lists:
        page.goto(address)
        tasks = re.findall(r'href="(/tasks/\d+)', page.content())
        assert tasks, f"{address} lists no task: {page.inner_text('main')}"
        found.append(tasks[0])
    return found


def _faults(axe: Axe, page: Page) -> list[str]:
    answer = axe.run(page, options=RULES)
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in answer.response["violations"]
        for node in violation["nodes"]
    ]
