"""Russian first, English complete: every word of the screens in both, and one language a page."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, ngettext
from sqlalchemy import select

from app.db import Database
from app.domain import errors
from app.models import Organization, Person, Requirement
from app.web import formats
from app.web.errors import words_of
from tests.infrastructure import signing_in
from tests.infrastructure.forms import send
from tests.infrastructure.screen import Text, pages, texts
from workflows import WORKFLOWS

ROOT = Path(__file__).resolve().parents[2]
RUSSIAN = ROOT / "app" / "translations" / "ru" / "LC_MESSAGES" / "messages.po"

SignIn = Callable[..., FlaskClient]

#: one person of each role, two kinds of executors, and nobody
PEOPLE = (None, "deputy", "centre", "college01", "cluster01", "auditor", "admin")

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
LATIN = re.compile(r"[A-Za-z]{2,}")
#: what has a Latin name in Russian too: products, formats, the words of an address, names in the order
NAMES = re.compile(
    r"\b(Directum RX|Google Calendar|Google|Outlook|Apple|iPhone|iPad|Mac|Thunderbird|Tasks\.org|DAVx5|CalDAV"
    r"|Firefox|Linux|Python|English"
    r"|https|webcal|URL|QR|ZIP|PDF|DOCX|XLSX|ODT|ODS|JPG|JPEG|PNG|JSON|CSV|UTF|UTC|SHA|Atom|If-None-Match"
    r"|WorldSkills Russia|WorldSkills|YouTube|Go Up|VEKHA_[A-Z]+)\b"
)
FILES_AND_ADDRESSES = re.compile(r"\S+://\S*|\.(docx|xlsx|pdf|png|jpg|odt|ods)\b")
#: a quotation, and a number that ends in a letter, as that of the order does
QUOTED = re.compile(r"«[^»]*»|\b\d[\d-]*[\u0400-\u04ff]\b")
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What `make messages` collects from the tree."""
    template = tmp_path_factory.mktemp("messages") / "messages.pot"
    options = ["-F", "babel.cfg", "-k", "lazy_gettext", "-k", "_l", "--ignore-dirs", ".*"]
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", *options, "-o", template, "."],
        cwd=ROOT,
        check=True,
    )
    with template.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def russian() -> Catalog:
    with RUSSIAN.open("rb") as file:
        return read_po(file, locale="ru")


def messages(catalog: Catalog) -> Iterator[Message]:
    """The messages of a catalogue, without its header."""
    return (message for message in catalog if message.id)


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """A message or a translation as its plural forms; one, when it has none."""
    return (text,) if isinstance(text, str) else tuple(text)


def test_every_word_of_the_screens_is_said_in_russian(collected: Catalog, russian: Catalog) -> None:
    missing = []
    for message in messages(collected):
        said = russian.get(message.id)
        number = russian.num_plurals if message.pluralizable else 1
        if said is None or said.fuzzy or len(forms(said.string)) != number or not all(forms(said.string)):
            missing.append(message.id)
    assert missing == [], "run `make messages`, then translate"


def test_the_catalogue_holds_nothing_that_no_screen_says(collected: Catalog, russian: Catalog) -> None:
    said = {forms(message.id) for message in messages(russian)}
    assert said - {forms(message.id) for message in messages(collected)} == set()
    assert not russian.obsolete


def test_a_translation_keeps_the_values_of_its_message(russian: Catalog) -> None:
    wrong = [
        message.id
        for message in messages(russian)
        for form in forms(message.string)
        if sorted(PLACEHOLDER.findall(form)) != sorted(PLACEHOLDER.findall(forms(message.id)[-1]))
    ]
    assert wrong == []


def test_russian_is_set_as_russian_is_printed(russian: Catalog) -> None:
    for message in messages(russian):
        for form in forms(message.string):
            assert not re.search(r"[“”\"]", form), f"«ёлочки» are the quotation marks: {form}"
            assert not re.search(r"\.\.\.| - | — |№ ", form), f"ellipsis, dash or a blank that breaks: {form}"
            assert form.strip() == form or message.id.strip() != message.id, f"blanks at an end: {form}"


def test_the_compiled_catalogue_is_the_present_one(russian: Catalog) -> None:
    compiled = RUSSIAN.with_suffix(".mo")
    assert compiled.exists(), "run `make translations`"
    with compiled.open("rb") as file:
        made = {forms(message.id): forms(message.string) for message in messages(read_mo(file))}
    written = {forms(message.id): forms(message.string) for message in messages(russian)}
    assert made == written, "run `make translations`"


def error_names() -> set[str]:
    """The classes of the product's own errors."""
    return {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.VekhaError)
    }


def literals(node: ast.expr) -> Iterator[str]:
    """The strings that an expression may come to: of a mapping its values, of a choice both branches."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from literals(value)
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def raised_messages() -> Iterator[tuple[str, str]]:
    """Where a message is raised below the web, and the message: what an error is made with or holds."""
    names = error_names()
    folders = (ROOT / "app" / folder for folder in ("domain", "services", "exports"))
    modules = [path for folder in folders for path in folder.rglob("*.py")]
    more = ("storage.py", "jobs.py", "backups/nightly.py")
    for path in [*modules, *(ROOT / "app" / name for name in more)]:
        if "seed" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found: list[ast.expr] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found = node.args if node.func.id in names or node.func.id == "JobFailedError" else []
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                found = [node.value] if ast.unparse(node.targets[0].value) == "problems" else []
            for message in (text for each in found for text in literals(each) if " " in text):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", message


def test_what_services_raise_is_in_the_catalogue(russian: Catalog) -> None:
    raised = list(raised_messages())
    assert len(raised) > 40
    assert [(place, message) for place, message in raised if russian.get(message) is None] == []


@pytest.mark.parametrize("name", sorted(error_names() - {"UploadRefusedError", "OutsideWindowError"}))
def test_every_error_speaks_russian(app: Flask, name: str) -> None:
    kind = getattr(errors, name)
    error = kind.__new__(kind)
    error.params = {"state": "…", "seconds": 5, "reason": "…"}
    with app.test_request_context(), force_locale("ru"):
        assert CYRILLIC.search(words_of(error))
        assert not LATIN.search(NAMES.sub("", words_of(error)))


def client_of(app: Flask, username: str | None, language: str) -> FlaskClient:
    """A browser that asks for a language, with somebody signed in."""
    client = app.test_client()
    client.environ_base |= {"HTTP_USER_AGENT": BROWSER, "HTTP_ACCEPT_LANGUAGE": language}
    return signing_in.sign_in(client, username) if username else client


def read(app: Flask, username: str | None, language: str) -> Iterator[tuple[str, Text]]:
    """Every text of the pages that a person comes to, and of one that is not there."""
    client = client_of(app, username, language)
    found = [*pages(app, client), ("/nothing-here", client.get("/nothing-here").text)]
    assert len(found) > (25 if username else 2), "the way to the pages is lost"
    for address, html in found:
        assert f'<html lang="{language}"' in html, address
        for text in texts(html):
            yield address, text


@pytest.mark.one_database
@pytest.mark.data("story")
@pytest.mark.parametrize("username", PEOPLE)
def test_a_russian_page_shows_no_english(app: Flask, database: Database, username: str | None) -> None:
    with database.read() as session:
        keys = {
            *session.scalars(select(Person.username)),
            *session.scalars(select(Organization.key)),
            *session.scalars(select(Requirement.key)),
        }
    english = set()
    for address, text in read(app, username, "ru"):
        if text.language != "en" and not {"code"}.intersection(text.inside):
            words = text.words.replace(BROWSER, "").replace(signing_in.PASSWORD, "")
            words = NAMES.sub("", FILES_AND_ADDRESSES.sub("", words))
            if set(re.findall(r"[A-Za-z_]{2,}\d*", words)) - keys:
                english.add((address, text.words))
    assert english == set()


@pytest.mark.one_database
@pytest.mark.data("story")
@pytest.mark.parametrize("username", PEOPLE)
def test_an_english_page_says_which_of_its_words_are_russian(app: Flask, username: str | None) -> None:
    russian = {
        (address, text.words)
        for address, text in read(app, username, "en")
        if text.language != "ru" and CYRILLIC.search(QUOTED.sub("", text.words))
    }
    assert russian == set()


def test_the_states_of_every_workflow_are_said_in_both_languages() -> None:
    for workflow in WORKFLOWS.values():
        labels = [workflow.label, *(each.label for each in (*workflow.states, *workflow.steps))]
        assert all(CYRILLIC.search(label.ru) and not LATIN.search(label.ru) for label in labels)
        assert not any(CYRILLIC.search(label.en) for label in labels)


def test_a_visitor_reads_russian_unless_the_browser_asks_for_english(client: FlaskClient) -> None:
    for asked, language in {"": "ru", "de": "ru", "en-GB,en;q=0.9": "en", "ru,en;q=0.5": "ru"}.items():
        page = client.get("/login", headers={"Accept-Language": asked}).text
        assert f'<html lang="{language}"' in page


def test_the_language_is_remembered_by_the_browser(client: FlaskClient) -> None:
    assert "Войти" in client.get("/login").text
    assert send(client, "/login", "/preferences", {"language": "en", "next": "/login"}).status_code == 303
    assert "Sign in" in client.get("/login").text
    send(client, "/login", "/preferences", {"language": "ru"})
    assert "Войти" in client.get("/login").text


@pytest.mark.one_database
@pytest.mark.data("story")
def test_the_language_is_remembered_with_the_person(sign_in: SignIn) -> None:
    at_home = sign_in("college01")
    assert send(at_home, "/tasks", "/preferences", {"language": "en", "next": "/tasks"}).status_code == 303
    elsewhere = sign_in("college01")
    assert '<html lang="en"' in elsewhere.get("/tasks").text
    assert '<html lang="ru"' in sign_in("college02").get("/tasks").text


def test_a_language_that_there_is_not_changes_nothing(client: FlaskClient) -> None:
    send(client, "/login", "/preferences", {"language": "tlh"})
    assert '<html lang="ru"' in client.get("/login").text


@pytest.mark.parametrize(
    ("number", "left", "working"),
    [
        (1, "Остался 1 день", "1 рабочий день"),
        (2, "Осталось 2 дня", "2 рабочих дня"),
        (4, "Осталось 4 дня", "4 рабочих дня"),
        (5, "Осталось 5 дней", "5 рабочих дней"),
        (11, "Осталось 11 дней", "11 рабочих дней"),
        (21, "Остался 21 день", "21 рабочий день"),
        (22, "Осталось 22 дня", "22 рабочих дня"),
        (111, "Осталось 111 дней", "111 рабочих дней"),
    ],
)
def test_days_are_counted_as_russians_count_them(app: Flask, number: int, left: str, working: str) -> None:
    with app.test_request_context(), force_locale("ru"):
        said = ngettext("%(num)s day left", "%(num)s days left", number)
        assert said == left.replace(f"{number} ", f"{number}\u00a0")
        said = ngettext("%(num)s working day", "%(num)s working days", number)
        assert said == working.replace(f"{number} ", f"{number}\u00a0")


@pytest.mark.parametrize(("number", "left"), [(1, "1 day left"), (2, "2 days left"), (21, "21 days left")])
def test_days_are_counted_as_the_english_count_them(app: Flask, number: int, left: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert ngettext("%(num)s day left", "%(num)s days left", number) == left


@pytest.mark.parametrize(
    ("language", "day", "short", "day_month", "month"),
    [
        ("ru", "15 июня 2022 г.", "15.06.2022", "15 июн.", "июнь 2022"),
        ("en", "15 June 2022", "15 Jun 2022", "15 Jun", "June 2022"),
    ],
)
def test_dates_are_written_as_their_readers_write_them(
    app: Flask, language: str, day: str, short: str, day_month: str, month: str
) -> None:
    with app.test_request_context(), force_locale(language):
        given = date(2022, 6, 15)
        assert formats.day(given) == day
        assert formats.short_day(given) == short
        assert formats.day_month(given) == day_month
        assert formats.month(given) == month
