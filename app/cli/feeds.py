"""`flask feed`: calendar addresses, for scripts and for whoever lost one."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from app.cli.running import print_json, told
from app.services import feeds
from app.services.feed_scopes import Scope
from app.services.people import find_actor
from app.services.plans import PlanInfo, find_plan
from app.web.context import LANGUAGES
from app.web.state import now, vekha

#: where `make run` serves, for addresses that are made without `base_url`
_LOCAL = "http://127.0.0.1:8000"

_plan_option = click.option("--plan", "code", default=None, help="Code of the plan (default: the setting).")
_user_option = click.option("--user", "username", required=True, metavar="NAME", help="Whose address it is.")


@click.group("feed", help="Make, list and withdraw calendar addresses.")
def group() -> None:
    pass


def _plan(session: Session, code: str | None) -> PlanInfo:
    return find_plan(session, code or vekha().config.plan)


@group.command("make")
@_user_option
@click.option(
    "--scope",
    default="plan",
    show_default=True,
    help="plan, section:2, organization:KEY, activity:2.3, indicator:4, mine or review.",
)
@click.option("--language", type=click.Choice(LANGUAGES), default=None, help="Of the calendar's words.")
@_plan_option
@told
def make(username: str, scope: str, language: str | None, code: str | None) -> None:
    """Make a calendar address and print it, alone, this once. The rights are those of the user."""
    with vekha().database.transaction() as session:
        person = find_actor(session, username)
        plan = _plan(session, code)
        made = feeds.make(
            session,
            person,
            plan.id,
            Scope.parse(scope),
            language=language or person.language or LANGUAGES[0],
            now=now(),
        )
    base = vekha().config.base_url
    if base is None:
        click.echo(f"base_url is not set; the address is made for {_LOCAL}.", err=True)
    click.echo(f"{base or _LOCAL}/feeds/{made.token}.ics")


@group.command("list")
@_user_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@_plan_option
@told
def list_(username: str, as_json: bool, code: str | None) -> None:
    """List a user's calendar addresses: number, scope, when made, last used and withdrawn, options."""
    with vekha().database.read() as session:
        plan = _plan(session, code)
        lines = feeds.feeds_of(session, find_actor(session, username).person_id, plan.id)
    if as_json:
        print_json([line._asdict() for line in lines])
        return
    for line in lines:
        days = [
            f"{word} {at.astimezone(plan.zone):%Y-%m-%d %H:%M}"
            for word, at in (
                ("made", line.created_at),
                ("used", line.used_at),
                ("withdrawn", line.revoked_at),
            )
            if at is not None
        ]
        columns = [str(line.id), line.scope, ", ".join(days), *([line.options] if line.options else [])]
        click.echo("\t".join(columns))


@group.command("revoke")
@click.argument("number", type=int)
@_plan_option
@told
def revoke(number: int, code: str | None) -> None:
    """Withdraw the calendar address NUMBER (see `flask feed list`) for good."""
    with vekha().database.transaction() as session:
        feeds.revoke(session, _plan(session, code).id, number, now=now())
    click.echo(f"Calendar address {number} is withdrawn.")
