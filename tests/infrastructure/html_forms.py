"""The forms of a page, as a browser would send them when nobody touches them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class HtmlForm:
    """A form: where it goes, and its fields with the values that they stand at."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    #: names of its fields, buttons, files and boxes that are not ticked among them
    names: set[str] = field(default_factory=set)

    @property
    def values(self) -> dict[str, str]:
        """The fields but the token; of several of one name the last."""
        return {name: value for name, value in self.fields if name != "csrf_token"}


def forms_of(html: str) -> list[HtmlForm]:
    """Every form of the page, in its order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def form_to(html: str, action: str) -> HtmlForm:
    """The form that is sent to that address. Raises AssertionError when there is none."""
    for form in forms_of(html):
        if form.action.partition("#")[0] == action:
            return form
    raise AssertionError(f"no form goes to {action}")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self._form: HtmlForm | None = None
        self._select = ""
        self._chosen = False
        self._text: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = HtmlForm(has.get("action", ""), has.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(self._form, tag, has)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None and self._form is not None:
            name, parts = self._text
            # The line break right after the tag belongs to the markup.
            self._form.fields.append((name, "".join(parts).removeprefix("\n")))
            self._text = None
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None

    def _field(self, form: HtmlForm, tag: str, has: dict[str, str]) -> None:
        name = has.get("name", "")
        if tag in {"input", "button", "select", "textarea"} and name:
            form.names.add(name)
        if tag == "input" and name:
            kind = has.get("type", "text")
            if kind in {"checkbox", "radio"}:
                if "checked" in has:
                    form.fields.append((name, has.get("value", "on")))
            elif kind not in {"submit", "button", "file", "image", "reset"}:
                form.fields.append((name, has.get("value", "")))
        elif tag == "textarea" and name:
            self._text = (name, [])
        elif tag == "select" and name:
            self._select, self._chosen = name, False
        elif tag == "option" and self._select:
            if "selected" in has:
                if self._chosen is False and form.fields and form.fields[-1][0] == self._select:
                    form.fields.pop()
                form.fields.append((self._select, has.get("value", "")))
                self._chosen = True
            elif not self._chosen and not any(each == self._select for each, _ in form.fields):
                form.fields.append((self._select, has.get("value", "")))
