"""What has happened in a plan, as Atom: what was announced, held, published and accepted as done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from flask_babel import gettext

from app.domain.publicity import DONE
from app.exports.atom import Entry, News, atom_bytes
from app.services.public.published import ANNOUNCED, PublicEvent, PublicMaterial
from app.services.public.rows import PublicActivity, PublicDate, PublicRow
from app.services.public.snapshot import Snapshot
from app.web.feeds import links
from app.web.formats import lang, named
from app.web.public import words
from app.web.public.answer import Kind
from app.web.state import vekha

#: the newest that are told; a reader keeps the older ones itself
MOST = 100


def news() -> Kind:
    """The feed."""
    return Kind("news", "application/atom+xml; charset=utf-8", _news)


def _news(shown: Snapshot) -> bytes:
    writer = _Writer(shown)
    entries = sorted(writer.entries(), key=lambda each: (each.updated, each.id), reverse=True)[:MOST]
    opened = datetime.combine(shown.order.date, time(), tzinfo=UTC)
    changes = [each.updated for each in entries] + [shown.published_at or opened]
    title = gettext("%(plan)s: news", plan=words.plan_name(shown))
    return atom_bytes(
        News(
            id=writer.id("news"),
            title=title,
            updated=max(changes),
            url=writer.page,
            self_url=links.absolute("public.news", plan_code=shown.plan.code),
            author=shown.order.issuer,
            language=lang(),
            entries=entries,
        )
    )


class _Writer:
    """The entries of a plan, in the language of this answer."""

    def __init__(self, shown: Snapshot) -> None:
        self._shown = shown
        self.page = links.absolute("public.show", plan_code=shown.plan.code)
        self._tag = f"tag:{vekha().config.uid_domain},{shown.plan.period_start:%Y}:public/{shown.plan.code}"

    def id(self, *parts: object) -> str:
        """An id that stays, whatever the address of the installation (RFC 4151)."""
        return "/".join((self._tag, *map(str, parts)))

    def entries(self) -> Iterator[Entry]:
        for event in self._shown.events:
            yield from self._told(event)
        yield from map(self._material, self._shown.materials)
        for row in self._shown.rows:
            for activity in row.activities:
                for date in activity.dates:
                    if date.state == DONE and date.accepted_at is not None:
                        yield self._done(row, activity, date, date.accepted_at)

    def _told(self, event: PublicEvent) -> Iterator[Entry]:
        name, where = named(event.where), event.where
        for each in event.told:
            title = gettext("Announcement: %(title)s", title=name)
            if each.stage != ANNOUNCED:
                title = gettext("Held: %(title)s", title=name)
            yield Entry(
                id=self.id("publication", each.id),
                title=title,
                updated=each.changed_at,
                published=each.published_at,
                url=f"{self.page}#event-{event.id}",
                text=each.text,
                category=each.stage,
                author=where.organization,
                related=each.url,
            )

    def _material(self, material: PublicMaterial) -> Entry:
        place = {"plan_code": self._shown.plan.code, "material_id": material.id}
        return Entry(
            id=self.id("material", material.id),
            title=gettext("Material: %(title)s", title=material.title),
            updated=material.changed_at,
            published=material.published_at,
            url=f"{self.page}#materials",
            text=material.title,
            category="material",
            author=material.where.organization,
            related=material.url or links.absolute("public.material", **place),
        )

    def _done(self, row: PublicRow, activity: PublicActivity, date: PublicDate, at: datetime) -> Entry:
        label = (date.label_en if lang() == "en" else date.label_ru) or date.label_ru
        name = named(activity)
        if len(activity.dates) > 1:
            name = f"{name}, {label}"
        return Entry(
            id=self.id("done", activity.code, date.key),
            title=gettext("Done: %(number)s %(title)s", number=row.number, title=name),
            updated=at,
            published=at,
            url=f"{self.page}#row-{row.number}",
            text=gettext("Everything that was to be done for it has been accepted."),
            category="done",
            author=self._shown.order.issuer,
        )
