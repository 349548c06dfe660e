"""Signing in through the form, as everybody does."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from flask.testing import FlaskClient

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: the password of the demonstration's accounts
PASSWORD = "vekha-demo-2022"

_FIELD = re.compile(r"<input\b[^>]*\bname=\"csrf_token\"[^>]*>")
_VALUE = re.compile(r"\bvalue=\"([^\"]*)\"")


def csrf_token(html: str) -> str:
    """The token of the first form on the page. Raises AssertionError when no form has one."""
    field = _FIELD.search(html)
    value = _VALUE.search(field.group()) if field else None
    assert value, "no form with a csrf_token on the page"
    return unescape(value.group(1))


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD) -> FlaskClient:
    """Sign `client` in at /login. Raises AssertionError when the form is refused."""
    token = csrf_token(client.get("/login").text)
    answer = client.post("/login", data={"username": username, "password": password, "csrf_token": token})
    assert answer.status_code in {302, 303}, f"{username} could not sign in: {answer.status}"
    return client


def sign_in_page(page: Page, username: str, password: str = PASSWORD) -> Page:
    """Sign in with the keyboard on the login page, and wait for the page after it."""
    page.goto("/login")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page
