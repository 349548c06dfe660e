"""Letters: what the outbox holds in words, from templates, in the receiver's language.

Jobs write them, outside of any request, so that neither Flask nor its Babel is about: the templates and the
catalogue of the screens are read here with Jinja and Babel alone, and a letter says what a page says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader

from app.services import account_letters, outbox
from app.services.account_letters import AccountNews, take_news
from app.services.digests import Digest
from app.services.outbox import Letter
from app.services.resets import TOKEN_HERE
from app.work import Work

_HERE = Path(__file__).parent
_SHORT_DAY = {"ru": "dd.MM.y", "en": "d MMM y"}
#: lines of a part; what is beyond is only counted
_LINES = 20


def digest_letter(digest: Digest, base_url: str | None) -> Letter:
    """A digest as a letter; without the public address of the installation it has no links."""
    subject = _translations(digest.language).gettext("Vekha: what is new, due and late, %(date)s")
    return _letter(digest, subject % {"date": _short_day(digest.language)(digest.day)}, base_url)


def reminder_letter(digest: Digest, base_url: str | None) -> Letter:
    """A letter that tells of reminders alone."""
    return _letter(digest, _translations(digest.language).gettext("Vekha: you are reminded"), base_url)


def write_account_letters(work: Work) -> None:
    """Put what people are to be told of their accounts into the outbox."""
    with work.database.transaction() as session:
        for news in take_news(session, work.now):
            letter = account_letter(news, work.config.base_url)
            outbox.write(session, letter, domain=work.config.uid_domain, now=work.now)


def account_letter(news: AccountNews, base_url: str | None) -> Letter:
    """A letter about an account; the token of its link is filled in when it is sent."""
    gettext = _translations(news.language).gettext
    subjects = {
        account_letters.RESET: gettext("Vekha: a new password"),
        account_letters.PASSWORD: gettext("Vekha: your password was changed"),
        account_letters.FACTOR_ON: gettext("Vekha: the second factor is switched on"),
        account_letters.FACTOR_OFF: gettext("Vekha: the second factor is switched off"),
        account_letters.FACTOR_RESET: gettext("Vekha: the second factor was taken away"),
        account_letters.ADDRESS: gettext("Vekha: letters go to another address"),
    }
    words = _environment(news.language)
    given = {"news": news, "base_url": base_url, "lang": news.language, "token_here": TOKEN_HERE}
    return Letter(
        *(news.key, news.person_id, news.address, subjects[news.kind]),
        words.get_template("letters/account.txt").render(given),
        words.get_template("letters/account.html").render(given),
    )


def heads_letter(heads: list[str], strayed: list[str], day: date) -> tuple[str, str, str]:
    """Where the journals end, a line each, in Russian: subject, text and HTML.

    `strayed` are the plans whose journal is not the one that was anchored.
    """
    words = _environment("ru")
    given = {"heads": heads, "strayed": strayed, "lang": "ru"}
    subject = _translations("ru").gettext("Vekha: where the journals end, %(date)s")
    return (
        subject % {"date": _short_day("ru")(day)},
        words.get_template("letters/heads.txt").render(given),
        words.get_template("letters/heads.html").render(given),
    )


def _letter(digest: Digest, subject: str, base_url: str | None) -> Letter:
    words = _environment(digest.language)
    given = {"digest": digest, "base_url": base_url, "shown": _LINES, "lang": digest.language}
    return Letter(
        digest.key,
        digest.person_id,
        digest.address,
        subject,
        words.get_template("letters/digest.txt").render(given),
        words.get_template("letters/digest.html").render(given),
    )


@lru_cache
def _translations(language: str) -> NullTranslations:
    return Translations.load(_HERE / "translations", [language])


@lru_cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    translations = _translations(language)
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    short_day = _short_day(language)
    environment.filters |= {
        "short_day": short_day,
        "iso_day": lambda text: short_day(date.fromisoformat(text)),
        "named": lambda thing: _named(thing, language),
        "in_language": lambda thing, name: (
            getattr(thing, f"{name}_{language}") or getattr(thing, f"{name}_ru")
        ),
    }
    return environment


def _short_day(language: str) -> Callable[[date], str]:
    return lambda day: format_date(day, _SHORT_DAY[language], locale=language)


def _named(thing: Any, language: str) -> str:
    short: str = getattr(thing, "short_title", "") or thing.short_name
    gloss: str = thing.gloss_en
    return gloss if language == "en" and gloss else short
