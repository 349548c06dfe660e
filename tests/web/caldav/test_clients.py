"""Real programs against a real server: found, listed, ticked, synchronised, refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import caldav
import pytest
from caldav.lib import error
from sqlalchemy import select

from app.db import Database
from app.domain.permissions import Actor
from app.models import JournalEntry, Occurrence, Organization, Task
from app.services import app_passwords, tasks
from app.services import people as accounts
from app.storage import EvidenceStore
from tests import factories
from tests.infrastructure.calendar_clients import Home
from tests.infrastructure.server import LiveServer
from tests.web.caldav.program import ticked
from tests.web.caldav.syncing import SyncedTasks

pytestmark = [pytest.mark.data("story"), pytest.mark.one_database]

USER = "college01"


@dataclass
class Demonstration:
    """The story behind the server, seen from the side of the database."""

    url: str
    database: Database
    store: EvidenceStore
    now: datetime
    secret: str = ""

    def actor(self, name: str = USER) -> Actor:
        with self.database.read() as session:
            return accounts.find_actor(session, name)

    def owed(self) -> list[Task]:
        """What the college still owes and has not begun, by date."""
        with self.database.read() as session:
            return list(
                session.scalars(
                    select(Task)
                    .join(Organization, Organization.id == Task.organization_id)
                    .where(Organization.key == USER, Task.state == "planned", Task.phase == "owing")
                    .order_by(Task.due, Task.id)
                )
            )

    def prove(self, task: Task) -> None:
        """Attach everything that the task asks for, without submitting it."""
        actor = self.actor()
        with self.database.transaction() as session:
            proof = factories.proof(session, task)
            tasks.attach(session, self.store, actor, task.id, now=self.now, submission=proof)

    def state(self, task: Task) -> str:
        with self.database.read() as session:
            return session.get_one(Task, task.id).state

    def noted(self, task: Task) -> list[str]:
        """What has happened to the task since the story was told."""
        with self.database.read() as session:
            found = select(JournalEntry.action).where(
                JournalEntry.task_id == task.id, JournalEntry.action != "remind"
            )
            return list(session.scalars(found.order_by(JournalEntry.position)))

    def own_occurrences(self) -> set[int]:
        with self.database.read() as session:
            own = select(Occurrence.id).join(Task).join(Organization)
            return set(session.scalars(own.where(Organization.key == USER)))


@pytest.fixture
def story(live_server: LiveServer) -> Iterator[Demonstration]:
    installation = live_server.installation
    database = Database(installation.url)
    story = Demonstration(
        live_server.url,
        database,
        EvidenceStore(installation.evidence, 1024 * 1024),
        datetime(2022, 6, 15, 9, tzinfo=UTC),
    )
    with database.transaction() as session:
        person = accounts.find_actor(session, USER)
        made = app_passwords.make(session, person, name="laptop", language="en", now=story.now)
    story.secret = made.secret
    yield story
    database.dispose()


# --- the library `caldav` ---


@pytest.fixture
def todos(story: Demonstration) -> Iterator[caldav.Calendar]:
    """The list, found from the server's name and the well-known address alone."""

    def client(path: str) -> caldav.DAVClient:
        return caldav.DAVClient(url=f"{story.url}{path}", username=USER, password=story.secret)

    with client("/.well-known/caldav") as stranger:
        # The library itself asks the well-known address over TLS only.
        [root] = stranger.propfind(str(stranger.url), depth=0).tree.iter("{DAV:}href")
    with client(root.text) as known:
        [calendar] = known.principal().get_calendars()
        yield calendar


def item_of(todos: caldav.Calendar, task: Task) -> caldav.Todo:
    [found] = [
        each
        for each in todos.get_todos(include_completed=True)
        if each.url.path.endswith(f"/occ-{task.occurrence_id}.ics")
    ]
    found.load()
    return found


def test_the_library_finds_the_list_and_everything_in_it(
    story: Demonstration, todos: caldav.Calendar
) -> None:
    assert todos.get_supported_components() == ["VTODO"]
    assert todos.get_display_name().startswith("My tasks")
    everything = todos.get_todos(include_completed=True)
    ids = {int(each.url.path.rpartition("-")[2].removesuffix(".ics")) for each in everything}
    assert ids == story.own_occurrences()
    open_ = {str(each.icalendar_component["UID"]) for each in todos.get_todos()}
    statuses = {
        str(each.icalendar_component["UID"]): str(each.icalendar_component["STATUS"]) for each in everything
    }
    assert open_ == {uid for uid, status in statuses.items() if status in {"NEEDS-ACTION", "IN-PROCESS"}}
    assert set(statuses.values()) >= {"NEEDS-ACTION", "COMPLETED"}


def test_a_tick_of_the_library_submits_the_task(story: Demonstration, todos: caldav.Calendar) -> None:
    task = story.owed()[0]
    story.prove(task)
    item = item_of(todos, task)
    item.complete()
    assert story.state(task) == "submitted"
    assert story.noted(task)[-1] == "submit"
    item.load()
    assert str(item.icalendar_component["STATUS"]) == "COMPLETED"
    assert not [each for each in todos.get_todos() if each.url == item.url]


def test_the_library_is_told_what_has_changed_since_a_token(
    story: Demonstration, todos: caldav.Calendar
) -> None:
    task = story.owed()[0]
    known = todos.get_objects_by_sync_token(disable_fallback=True, load_objects=True)
    assert len(known) == len(story.own_occurrences())
    assert known.sync() == ([], [])
    story.prove(task)
    updated, deleted = known.sync()
    assert [each.url.path.rpartition("/")[2] for each in updated] == [f"occ-{task.occurrence_id}.ics"]
    assert list(deleted) == []
    item_of(todos, task).complete()
    [changed], _ = known.sync()
    assert str(changed.icalendar_component["STATUS"]) == "COMPLETED"


def test_the_library_cannot_delete_or_add(story: Demonstration, todos: caldav.Calendar) -> None:
    task = story.owed()[0]
    item = item_of(todos, task)
    with pytest.raises(error.AuthorizationError):
        item.delete()
    with pytest.raises(error.AuthorizationError):
        todos.add_todo(summary="One more")
    assert story.state(task) == "planned"
    assert len(todos.get_todos(include_completed=True)) == len(story.own_occurrences())


def test_the_library_cannot_overwrite_what_has_changed(story: Demonstration, todos: caldav.Calendar) -> None:
    task = story.owed()[0]
    item = item_of(todos, task)
    story.prove(task)
    item.icalendar_component["STATUS"] = "COMPLETED"
    with pytest.raises(error.ETagMismatchError):
        item.save()
    assert story.state(task) == "planned"
    item = item_of(todos, task)
    item.icalendar_component["STATUS"] = "COMPLETED"
    item.save()
    assert story.state(task) == "submitted"


def test_what_the_library_forges_is_true_again_after_the_next_look(
    story: Demonstration, todos: caldav.Calendar
) -> None:
    task = story.owed()[0]
    known = todos.get_objects_by_sync_token(disable_fallback=True, load_objects=True)
    item = item_of(todos, task)
    title = str(item.icalendar_component["SUMMARY"])
    item.icalendar_component["SUMMARY"] = "Nothing to do"
    item.save()
    assert story.noted(task)[-1] == "change_refused"
    [changed], _ = known.sync()
    assert changed.url == item.url
    assert str(changed.icalendar_component["SUMMARY"]) == title


def test_the_library_is_told_why_a_tick_was_not_taken(story: Demonstration, todos: caldav.Calendar) -> None:
    task = story.owed()[0]
    item = item_of(todos, task)
    with pytest.raises(error.AuthorizationError):
        item.complete()
    assert story.state(task) == "planned"
    assert story.noted(task)[-1] == "tick_refused"


def test_of_many_ticks_at_once_one_counts(story: Demonstration) -> None:
    task = story.owed()[0]
    story.prove(task)
    address = f"{story.url}/caldav/calendars/{USER}/tasks/occ-{task.occurrence_id}.ics"
    with caldav.DAVClient(url=story.url, username=USER, password=story.secret) as client:
        read = client.request(address)
    tag, content = read.headers["ETag"], ticked(read.raw).encode()

    def tick(_number: int) -> int:
        headers = {"Content-Type": "text/calendar", "If-Match": tag}
        with caldav.DAVClient(url=story.url, username=USER, password=story.secret) as client:
            status: int = client.put(address, content, headers).status
            return status

    with ThreadPoolExecutor(8) as people:
        statuses = sorted(people.map(tick, range(8)))
    assert statuses == [204, *[412] * 7]
    assert story.noted(task).count("submit") == 1


# --- vdirsyncer ---


@pytest.fixture
def synced(story: Demonstration, tmp_path: Path) -> SyncedTasks:
    """A folder with the whole list, copied once."""
    synced = SyncedTasks(Home(tmp_path / "home"), f"{story.url}/", USER, story.secret)
    assert len(synced.sync()) == len(story.own_occurrences())
    return synced


def test_a_second_synchronisation_changes_nothing(synced: SyncedTasks) -> None:
    before = synced.texts()
    assert synced.sync() == []
    assert synced.texts() == before


def test_a_tick_in_a_file_submits_the_task(story: Demonstration, synced: SyncedTasks) -> None:
    task = story.owed()[0]
    story.prove(task)
    synced.sync()
    file = synced.file_of(task.occurrence_id)
    synced.rewrite(file, ticked(file.read_bytes().decode()))
    synced.sync()
    assert story.state(task) == "submitted"
    # What the server has made of it comes back once, and then all is quiet.
    synced.sync()
    assert "Under review" in file.read_text(encoding="utf-8").replace("\n ", "")
    assert synced.sync() == []


def test_a_forged_title_in_a_file_is_true_again_after_the_next_synchronisation(
    story: Demonstration, synced: SyncedTasks
) -> None:
    task = story.owed()[0]
    file = synced.file_of(task.occurrence_id)
    true = file.read_bytes().decode()
    synced.rewrite(file, true.replace("SUMMARY:", "SUMMARY:Nothing to do "))
    synced.sync()
    synced.sync()

    def title(text: str) -> str:
        return text.replace("\r\n ", "").partition("SUMMARY:")[2].partition("\r")[0]

    assert title(file.read_bytes().decode()) == title(true)
    assert synced.sync() == []


def test_a_refused_tick_says_so_and_the_file_is_true_again(story: Demonstration, synced: SyncedTasks) -> None:
    task = story.owed()[0]
    file = synced.file_of(task.occurrence_id)
    synced.rewrite(file, ticked(file.read_bytes().decode()))
    assert "403" in synced.sync_refused()
    assert story.state(task) == "planned"
    assert story.noted(task)[-1] == "tick_refused"
    synced.sync()
    assert "STATUS:NEEDS-ACTION" in file.read_text(encoding="utf-8")
    assert synced.sync() == []


def test_a_deleted_file_comes_back(story: Demonstration, synced: SyncedTasks) -> None:
    task = story.owed()[0]
    file = synced.file_of(task.occurrence_id)
    file.unlink()
    assert "403" in synced.sync_refused()
    synced.sync()
    assert synced.file_of(task.occurrence_id).exists()
    assert story.state(task) == "planned"


def test_a_new_file_is_not_taken(story: Demonstration, synced: SyncedTasks) -> None:
    text = next(iter(synced.texts().values()))
    uid = text.partition("UID:")[2].partition("\r")[0]
    (synced.folder / "new.ics").write_bytes(text.replace(uid, "new").encode())
    assert "403" in synced.sync_refused()
    # It would be in the list under the name that the program has given it, and every file of its own.
    assert len(synced.texts()) == len(story.own_occurrences()) + 1
    (synced.folder / "new.ics").unlink()
    assert synced.sync() == []
