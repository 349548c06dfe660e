"""A real Chromium, and a watch over what its pages do behind the test's back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    # Nothing resolves: a page that asks for another host gets no further than this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def find_chromium() -> str | None:
    """The path of the installed browser."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextmanager
def watched_context(
    browser: Browser, url: str, **options: object
) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A browser session on the server at `url`, and the list of what went wrong in it.

    A request to anywhere else, an error in a script and a violation of the content security policy
    are each a fault, whatever else the test looks at.
    """
    faults: list[str] = []
    home = urlsplit(url).netloc

    def on_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != home:
            faults.append(f"a request left for {request.url}")

    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    def on_error(error: Error) -> None:
        faults.append(f"a script failed: {error}")

    def on_page(page: Page) -> None:
        page.on("pageerror", on_error)

    defaults = {
        "locale": "ru-RU",
        "timezone_id": "Europe/Moscow",
        "viewport": {"width": 1280, "height": 900},
    }
    context = browser.new_context(base_url=url, **(defaults | options))  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    context.on("request", on_request)
    context.on("console", on_console)
    context.on("page", on_page)
    try:
        yield context, faults
    finally:
        context.close()
