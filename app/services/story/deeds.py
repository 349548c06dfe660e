"""From the script to single deeds in the order of time: rules unfolded, hours drawn, texts filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from app.domain.seed import Activity, Occurrence, SeedError
from app.services.publishing.words import NO_WORDS, PublicWords
from app.services.story.cast import Cast
from app.services.story.numbers import figures
from app.services.story.script import FILE, Act, Collective, Paper, Step

_OPENS, _CLOSES = time(9, 5), time(17, 50)


@dataclass(frozen=True, slots=True)
class Deed:
    """One click of one person. `at` is UTC."""

    at: datetime
    entry: str
    by: str
    does: str
    activity: str
    #: key of the occurrence; "" for a request
    occurrence: str
    organizations: tuple[str, ...]
    request: str = ""
    note: str = ""
    papers: tuple[Paper, ...] = ()
    figures: Mapping[str, Decimal] | None = None
    sure: str = ""
    due: date | None = None
    expected_on: date | None = None
    subject: str = ""
    public: PublicWords = NO_WORDS


def deeds(cast: Cast) -> list[Deed]:
    """Every deed of the story, the earliest first. Raises SeedError."""
    found: list[Deed] = []
    for act in cast.script.acts:
        found.extend(_deeds_of_act(cast, act))
    for collective in cast.script.collectives:
        found.extend(_deeds_of_collective(cast, collective))
    end = _instant(cast, cast.script.frame.ends, cast.script.frame.ends_at)
    for deed in found:
        if deed.at > end:
            raise SeedError(FILE, deed.entry, "", f"{deed.at:%Y-%m-%d %H:%M} UTC is after the story's end")
    return sorted(found, key=lambda deed: deed.at)


def _deeds_of_act(cast: Cast, act: Act) -> Iterator[Deed]:
    activity = cast.activity(act.entry, act.activity)
    open_request = bool(act.request)
    occurrence = None if open_request else cast.occurrence(act.entry, activity, act.occurrence)
    who = act.who or (() if open_request else cast.owing(act.entry, activity)[:1])
    for key in who:
        cast.organization(act.entry, key)
    chance = Random(f"{cast.script.frame.seed}|{act.entry}|{act.occurrence}{act.request}{who}")
    at = _instant(cast, act.on, act.at) if act.at else _moment(cast, act.on, chance)
    whole = Deed(
        at=at,
        entry=act.entry,
        by=cast.account(act.entry, act.by),
        does=act.does,
        activity=activity.code,
        occurrence=occurrence.key if occurrence else "",
        organizations=who,
        request=act.request,
        note=act.note,
        papers=act.papers,
        figures={key: Decimal(number) for key, number in act.figures.items()},
        sure=act.sure,
        due=act.due,
        expected_on=act.expected_on,
        subject=act.subject,
        public=PublicWords(act.public, act.public_link),
    )
    # A reminder goes to several at once; everything else is done one by one.
    groups = [(key,) for key in who] if len(who) > 1 and act.does != "remind" else [who]
    for group in groups:
        yield _filled(cast, replace(whole, organizations=group), activity, occurrence)


def _deeds_of_collective(cast: Cast, rule: Collective) -> Iterator[Deed]:
    activity = cast.activity(rule.entry, rule.activity)
    members = cast.owing(rule.entry, activity)
    for each in rule.others:
        for key in each.who:
            if key not in members:
                raise SeedError(FILE, rule.entry, "others", f"“{key}” owes nothing in {activity.code}")
    keys = rule.occurrences or (cast.occurrence(rule.entry, activity, "").key,)
    for position, occurrence_key in enumerate(keys):
        occurrence = cast.occurrence(rule.entry, activity, occurrence_key)
        for member in members:
            path = _path(rule, member, occurrence.key)
            yield from _walk(cast, rule, path, activity, occurrence, member, position)


def _path(rule: Collective, member: str, occurrence: str) -> str:
    for each in rule.others:
        if member in each.who and (not each.occurrences or occurrence in each.occurrences):
            return each.path
    return rule.usual


def _walk(
    cast: Cast,
    rule: Collective,
    path: str,
    activity: Activity,
    occurrence: Occurrence,
    member: str,
    position: int,
) -> Iterator[Deed]:
    chance = f"{cast.script.frame.seed}|{activity.code}"
    draw = Random(f"{chance}|{occurrence.key}|{member}")
    entry = f"{rule.entry}, path {path}, {member}"
    before: datetime | None = None
    for step in rule.paths[path]:
        at = _moment(cast, draw.choice(_window(cast, entry, step, occurrence)), draw)
        if before is not None and at <= before:
            raise SeedError(FILE, f"{entry}, {step.does}", "", "does not come after the step before it")
        before = at
        numbers: dict[str, Decimal] = {}
        if step.does == "submit":
            numbers = _figures(rule, chance, entry, member, position)
        deed = Deed(
            at=at,
            entry=f"{entry}, {step.does}",
            by=cast.account(entry, step.by) if step.by else cast.account_of(entry, member),
            does=step.does,
            activity=activity.code,
            occurrence=occurrence.key,
            organizations=(member,),
            note=step.note,
            papers=_chosen(step.papers, member),
            figures=numbers,
            public=PublicWords(step.public, step.public_link),
        )
        yield _filled(cast, deed, activity, occurrence)


def _figures(rule: Collective, chance: str, entry: str, member: str, position: int) -> dict[str, Decimal]:
    try:
        return figures(rule.figures, chance, member, position)
    except (KeyError, IndexError) as error:
        raise SeedError(FILE, entry, "figures", f"no number for {error}") from error


def _window(cast: Cast, entry: str, step: Step, occurrence: Occurrence) -> list[date]:
    if step.between is not None:
        first, last = step.between
    else:
        origin = occurrence.window_start if step.from_start is not None else cast.due(occurrence)
        steps = step.from_start or step.from_due or (0, 0)
        first, last = (origin + timedelta(days=number) for number in steps)
    return cast.working_days(f"{entry}, {step.does}", first, last)


def _chosen(papers: Sequence[Paper], member: str) -> tuple[Paper, ...]:
    """A paper that names the member goes before one of the same slot that names nobody."""
    own = [paper for paper in papers if member in paper.who]
    taken = {paper.slot for paper in own}
    return tuple(paper for paper in papers if paper in own or (not paper.who and paper.slot not in taken))


def _filled(cast: Cast, deed: Deed, activity: Activity, occurrence: Occurrence | None) -> Deed:
    words = {
        "code": activity.code,
        "activity": activity.short_title,
        "occurrence": occurrence.label_ru if occurrence else "",
        "day": f"{deed.at.astimezone(cast.zone):%d.%m.%Y}",
    }
    if len(deed.organizations) == 1:
        organization = cast.organization(deed.entry, deed.organizations[0])
        words |= {"organization": organization.short_name, "key": organization.key}

    def fill(text: str) -> str:
        try:
            return text.format_map(words)
        except (KeyError, ValueError) as error:
            raise SeedError(FILE, deed.entry, "", f"“{text}” speaks of {error}") from error

    papers = tuple(
        replace(
            paper,
            file=fill(paper.file),
            title=fill(paper.title),
            lines=tuple(fill(line) for line in paper.lines),
            link=fill(paper.link),
            note=fill(paper.note),
        )
        for paper in deed.papers
    )
    public = PublicWords(fill(deed.public.text), fill(deed.public.url))
    return replace(deed, note=fill(deed.note), subject=fill(deed.subject), papers=papers, public=public)


def _moment(cast: Cast, day: date, chance: Random) -> datetime:
    """Some time in the working hours of the day, before the story ends."""
    frame = cast.script.frame
    closes = min(_CLOSES, frame.ends_at) if day == frame.ends else _CLOSES
    first, last = (_OPENS.hour * 60 + _OPENS.minute), (closes.hour * 60 + closes.minute)
    minutes = chance.randint(first, last - 1)
    return _instant(cast, day, time(minutes // 60, minutes % 60, chance.randint(0, 59)))


def _instant(cast: Cast, day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=cast.zone).astimezone(UTC)
