"""Addresses that leave the page: into a calendar, onto a phone, into a letter."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import request, url_for

from app.web.state import vekha


def base() -> str:
    """Where this installation is reached from outside, without a slash at the end."""
    return vekha().config.base_url or f"{request.scheme}://{request.host}{request.script_root}"


def origin() -> Hashable:
    """What `base` follows from, told apart without making it: it costs more than an unchanged calendar."""
    asked = request.environ
    if public := vekha().config.base_url:
        return public, asked.get("SCRIPT_NAME", "")
    here = asked.get("HTTP_HOST") or (asked["SERVER_NAME"], asked["SERVER_PORT"])
    return here, asked["wsgi.url_scheme"], asked.get("SCRIPT_NAME", "")


def absolute(endpoint: str, **values: Any) -> str:
    """The whole address of a page."""
    return base() + url_for(endpoint, **values).removeprefix(request.script_root)


def subscribing(address: str) -> str:
    """The same address in the scheme that asks a program to subscribe."""
    return "webcal://" + address.partition("://")[2]


@dataclass(frozen=True, slots=True)
class Pages:
    """Where the events of a plan lead; asked of Flask once a calendar, not once an event."""

    tasks: str
    activities: str

    @classmethod
    def of_plan(cls, code: str) -> Pages:
        """The pages of the plan of that code."""
        return cls(
            absolute("tasks.show", task_id=0).removesuffix("0"),
            absolute("plan.activity", plan_code=code, activity="-").removesuffix("-"),
        )

    def task(self, task_id: int) -> str:
        return f"{self.tasks}{task_id}"

    def activity(self, code: str) -> str:
        return self.activities + quote(code, safe="")
