"""The files of the corpus for which the way through HTTP matters: names, size, what one is told."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from sqlalchemy import select

from app.db import Database
from app.models import Evidence
from tests.infrastructure.corpus import NEUTRALISED, REFUSED, TAKEN, Specimen, content_of
from tests.web.acting import Login, post, stands, upload, words

pytestmark = [pytest.mark.data("plan"), pytest.mark.one_database]

#: a line break cannot come in the name of a part: it ends the line
NAMED = [each for each in (*TAKEN[:4], *NEUTRALISED) if "\n" not in each.name]


def test_whatever_a_file_is_called_it_comes_back_to_be_saved_under_a_harmless_name(
    database: Database, login: Login, task_id: int
) -> None:
    college, deputy = login("college01"), login("deputy")
    for specimen in NAMED:
        version = stands(database, task_id).version
        data = {"version": version, "evidence.document": upload(specimen.name, content_of(specimen.make))}
        assert post(college, f"/tasks/{task_id}/evidence", data).status_code == 303, specimen.what
        with database.read() as session:
            newest = session.scalars(select(Evidence.id).order_by(Evidence.id.desc())).first()
        answer = deputy.get(f"/evidence/{newest}")
        assert answer.data == content_of(specimen.make), specimen.what
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment;"), specimen.what
        plain = specimen.kept.isascii()
        assert (specimen.kept if plain else quote(specimen.kept, safe="")) in disposition, specimen.what
        assert answer.mimetype in {"application/pdf", "image/jpeg", "image/png"}, specimen.what
        assert answer.headers["X-Content-Type-Options"] == "nosniff", specimen.what
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox", specimen.what


def _of(what: str) -> Specimen:
    return next(each for each in (*TAKEN, *REFUSED) if each.what == what)


def test_exactly_50_mb_are_taken_and_a_byte_more_is_not(
    database: Database, login: Login, task_id: int
) -> None:
    college = login("college01")
    college.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ru"
    found = {}
    for what in ("50 MB and a byte", "exactly 50 MB"):
        specimen = _of(what)
        data = {
            **{"version": "1", "trigger": "submit", "note": "Пояснение к файлу"},
            "evidence.document": upload(specimen.name, content_of(specimen.make)),
        }
        answer = post(college, f"/tasks/{task_id}/transitions", data)
        found[what] = answer.status_code
        if what == "50 MB and a byte":
            assert "«много.pdf» больше 50 МБ. Уменьшите файл или приложите его по частям." in words(answer)
            assert "Пояснение к файлу" in words(answer)
    assert found == {"50 MB and a byte": 422, "exactly 50 MB": 303}
