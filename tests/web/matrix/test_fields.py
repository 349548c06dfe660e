"""What is named elsewhere than in an address: in fields of forms, in what narrows a list, in CalDAV."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from app.models import Mention, Notice, Organization, Task
from tests.infrastructure.files import PDF
from tests.web.acting import upload
from tests.web.matrix import objects
from tests.web.matrix.walking import World, told

#: of a page that comes back: tickets of files that wait, and new names for its forms
_VARYING = re.compile(r"name=\"(?:waiting|nonce|once)\" value=\"[^\"]*\"")


class Naming(NamedTuple):
    """A form that names an object in a field, and not in its address."""

    address: str
    kind: str
    fields: Callable[[Any], dict[str, Any]]
    actor: str = "executor"


def of_many(act: str, task_id: int) -> dict[str, Any]:
    """The bar over a list: an act with its reason and its date."""
    return {"act": act, "task": f"{task_id}:1", f"note.{act}": "Так.", f"due.{act}": "2022-09-01"}


NAMING = [
    *(
        Naming("/plans/2022/bulk", "task", partial(of_many, act))
        for act in ("accept", "return", "remind", "extend", "withdraw")
    ),
    Naming("/plans/2022/bulk", "task", lambda id_: {"act": "remind", "task": f"{id_}:1", "confirmed": "1"}),
    Naming("/plans/2022/overdue/reminders", "task", lambda id_: {"task": id_}),
    Naming("/plans/2022/figures", "task", lambda id_: {f"figure.{id_}.2021.graduates": "1"}),
    Naming(
        "/tasks/{task}/transitions",
        "evidence",
        lambda id_: {"trigger": "submit", "version": "{version}", f"replace.{id_}": upload("p.pdf", PDF)},
    ),
    Naming(
        "/tasks/{task}/evidence", "evidence", lambda id_: {"version": "{version}", f"replace.{id_}": "Другое"}
    ),
    Naming("/tasks/{task}/comments", "person", lambda id_: {"text": "Смотрите.", "tell": id_}),
    Naming("/deputies/acting", "delegation", lambda id_: {"delegation": id_}),
    Naming(
        "/account/deputies",
        "person",
        lambda id_: {"deputy": id_, "starts_on": "2022-07-01", "ends_on": "2022-07-02"},
    ),
    Naming("/notices/read", "notice", lambda id_: {"first": id_, "last": id_}),
    Naming(
        "/plans/2022/calendar/subscribe",
        "organization",
        lambda id_: {"scope": f"organization:{id_}", "show": "window", "components": "events"},
    ),
    Naming(
        "/plans/2022/requests",
        "activity",
        lambda id_: {"activity": id_, "subject": "Кто", "organization": "21"},
    ),
    Naming(
        "/plans/2022/activities/4.1/reminders", "occurrence", lambda id_: {"occurrence": id_}, "coordinator"
    ),
]


def test_what_a_field_names_that_is_foreign_is_as_what_is_missing(world: World) -> None:
    extra, faults = world.objects.extra, []
    hidden = extra["hidden"] | {"organization": objects.OTHER, "activity": "4.3"}
    missing = dict.fromkeys(hidden, objects.MISSING_ID) | {"organization": "nobody", "activity": "9.9"}
    for naming in NAMING:
        answers = []
        for id_ in (hidden[naming.kind], missing[naming.kind]):
            version = str(world.objects.version(extra["owed"]))
            fields = {
                name: version if value == "{version}" else value for name, value in naming.fields(id_).items()
            }
            address = naming.address.format(task=extra["owed"])
            data = {"csrf_token": world.tokens[naming.actor], **fields}
            # What the act before has said is not said of this one.
            world.clients[naming.actor].get("/tasks/0")
            answer = told(world.clients[naming.actor].post(address, data=data), {})
            body = re.sub(rf"\b(?:{hidden[naming.kind]}|{missing[naming.kind]})\b", "{}", answer.body)
            answers.append(answer._replace(body=_VARYING.sub("", body), length=0))
        if answers[0] != answers[1] or answers[0].status >= 500:
            faults.append((naming.address, naming.kind, answers[0][:2], answers[1][:2]))
    assert not faults, "\n".join(map(str, faults))
    with world.objects.database.read() as session:
        person = hidden["person"]
        assert session.scalars(select(Mention).where(Mention.person_id == person)).first() is None
        assert session.get_one(Notice, hidden["notice"]).read_at is None


@pytest.mark.parametrize(
    "address",
    [
        *("/plans/2022/tasks?executor={}&show=all", "/plans/2022/tasks.csv?executor={}"),
        *("/plans/2022/overdue?executor={}", "/plans/2022/overdue.csv?executor={}"),
        *("/plans/2022/calendar?executor={}&month=2022-06", "/plans/2022/timeline?executor={}"),
        *("/plans/2022/discipline/tasks?of={}", "/search?q={}&in=tasks", "/plans/2022/activities/4.1?q={}"),
    ],
)
def test_a_list_that_is_narrowed_to_another_organisation_opens_none_of_its_tasks(
    world: World, address: str
) -> None:
    with world.objects.database.read() as session:
        own_house = select(Organization.id).where(Organization.key == "college01").scalar_subquery()
        foreign = set(session.scalars(select(Task.id).where(Task.organization_id != own_house)))
    # It is late with its work, which everybody may know; a calendar of its own is not for everybody.
    answer = world.clients["executor"].get(address.format("college31"))
    assert answer.status_code == (403 if "/calendar" in address else 200)
    linked = {int(number) for number in re.findall(r"/tasks/(\d+)", answer.text)}
    assert linked & foreign == set()


def test_in_caldav_what_is_foreign_is_as_what_is_missing(world: World) -> None:
    """Every method, of a list, an item and a principal; of another person, and of what one does not owe."""
    database = world.objects.database
    with database.read() as session:
        [own_item] = session.scalars(select(Task.occurrence_id).where(Task.id == world.objects.extra["owed"]))
    other_item = world.objects.extra["hidden"]["occurrence"]
    pairs = [
        ("principals/college02/", "principals/nobody123/"),
        ("calendars/college02/", "calendars/nobody123/"),
        ("calendars/college02/tasks/", "calendars/nobody123/tasks/"),
        (f"calendars/college02/tasks/occ-{own_item}.ics", "calendars/nobody123/tasks/occ-999999999.ics"),
        (f"calendars/college01/tasks/occ-{other_item}.ics", "calendars/college01/tasks/occ-999999999.ics"),
    ]
    faults, requests = [], 0
    with world.app.test_request_context():
        [rule] = [each for each in world.app.url_map.iter_rules() if each.rule == "/caldav/<path:path>"]
    client, login = world.app.test_client(), ("college01", world.objects.extra["secret"])
    assert client.get(f"/caldav/calendars/college01/tasks/occ-{own_item}.ics", auth=login).status_code == 200
    for method in sorted(rule.methods or ()):
        for foreign, missing in pairs:
            asked = [
                told(client.open(f"/caldav/{path}", method=method, auth=login), {})
                for path in (foreign, missing)
            ]
            requests += 2
            bodies = [re.sub(r"college0\d|nobody\d+|occ-\d+", "", each.body) for each in asked]
            if (
                asked[0].status != asked[1].status
                or bodies[0] != bodies[1]
                or asked[0].status not in {403, 404}
            ):
                faults.append((method, foreign, asked[0].status, missing, asked[1].status))
    assert not faults, "\n".join(map(str, faults))
    assert requests == 2 * len(pairs) * len(rule.methods or ())
