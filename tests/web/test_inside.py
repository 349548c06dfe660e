"""Where a redirect may lead: within this site only."""

from __future__ import annotations

import pytest

from app.web.auth.inside import inside

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/\u200b/evil.example",
    "/%2F/evil.example",
    "/%2Fevil.example",
    "/%5Cevil.example",
    "/%09/evil.example",
    "/%0d%0aSet-Cookie:a=b",
    "http:evil.example",
    "http://evil.example",
    "https:/evil.example",
    "HTTPS://evil.example",
    "//user@evil.example:80",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    ".evil.example",
    "@evil.example",
    "//[",
    "/" + "a" * 3000,
    "",
    # userinfo, ports, other alphabets, a dot that is none
    "https://vekha.example@evil.example",
    "//vekha.example:443@evil.example/",
    "/\\/evil.example",
    "\\/\\/evil.example",
    "\u2044\u2044evil.example",
    "\uff0f\uff0fevil.example",
    "//evil\u3002example",
    "//\u0435vil.example",
    "https:evil.example",
    "https:///evil.example",
    "https:\\\\evil.example",
    "vbscript:x",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "blob:https://evil.example/1",
    "/%2f%2fevil.example",
    "/%252f%252f/../%5cevil.example",
    "/%E2%80%8B/evil.example",
    "/\u2028/evil.example",
    "/\u202eelpmaxe.live//",
    "/\x00//evil.example",
    "/..//evil.example",
    "/.//evil.example",
    "/tasks/..//evil.example",
    "/tasks/%2e%2e//evil.example",
    "?next=//evil.example",
    "#//evil.example",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_address_elsewhere_is_taken(address: str) -> None:
    assert inside(address) is None


@pytest.mark.parametrize(
    "address", ["/tasks", "/plans/2022/tasks?show=overdue&q=а%2Fб", "/a:b/@c", "/?q=//x"]
)
def test_an_address_of_this_site_is_taken(address: str) -> None:
    assert inside(address) == address
