"""`flask user`: accounts. A password is asked for or read from stdin; a command line is no place for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from app.cli.running import print_json, refuse, told
from app.domain.permissions import ROLES
from app.services import people, second_factor
from app.services.people_list import PersonLine, person_lines
from app.web.state import now, vekha


@click.group("user", help="Accounts: who may sign in, as what, and for whom.")
def group() -> None:
    pass


def _password_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--password-stdin", is_flag=True, help="Read the password from the first line of stdin."
    )(command)


@group.command("add")
@click.argument("username")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the person may do.")
@click.option("--name", default="", help="What others read on screen, e.g. a position (default: USERNAME).")
@click.option("--organization", default=None, help="Key of the organisation it acts for, e.g. college07.")
@click.option("--head", is_flag=True, help="An executor who heads the organisation.")
@_password_option
@told
def add(
    username: str, role: str, name: str, organization: str | None, head: bool, password_stdin: bool
) -> None:
    """Make the account USERNAME. The password is asked for, unless it comes from stdin."""
    parts = vekha()
    password = _password(password_stdin)
    with parts.database.transaction() as session:
        person = people.add_person(
            session,
            username,
            name=name,
            role=role,
            password=password,
            organization=organization,
            heads=head,
            now=now(),
            demo=parts.config.demo,
        )
    click.echo(f"Account {person.username}: {role}{f' of {organization}' if organization else ''}.")


@group.command("passwd")
@click.argument("username")
@_password_option
@told
def passwd(username: str, password_stdin: bool) -> None:
    """Give USERNAME a new password and end its sessions."""
    parts = vekha()
    with parts.database.read() as session:
        person_id = people.find_person(session, username).id
    password = _password(password_stdin)
    with parts.database.transaction() as session:
        people.set_password(session, None, person_id, password, now=now(), demo=parts.config.demo)
    click.echo(f"{username} has a new password; its sessions are ended.")


@group.command("list")
@click.option("--role", type=click.Choice(ROLES), default=None, help="Only accounts with this role.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
@told
def list_(role: str | None, as_json: bool) -> None:
    """List the accounts with role, organisation and when they were last seen (UTC)."""
    with vekha().database.read() as session:
        lines = person_lines(session, role=role or "")
    if as_json:
        print_json([_record(line) for line in lines])
        return
    for line in lines:
        seen = f"{line.seen_at:%Y-%m-%d %H:%M}" if line.seen_at else "-"
        state = "" if line.active else "  disabled"
        click.echo(f"{line.username:20} {line.role:14} {line.organization or '-':12} {seen:16}{state}")


@group.command("disable")
@click.argument("username")
@told
def disable(username: str) -> None:
    """Let USERNAME sign in no more, and end its sessions. What it did stays."""
    _set_active(username, False)
    click.echo(f"{username} is disabled; its sessions are ended.")


@group.command("enable")
@click.argument("username")
@told
def enable(username: str) -> None:
    """Let USERNAME sign in again."""
    _set_active(username, True)
    click.echo(f"{username} is enabled.")


@group.command("reset-second-factor")
@click.argument("username")
@told
def reset_second_factor(username: str) -> None:
    """Take the second factor from USERNAME, who lost the telephone and the paper, and end its sessions."""
    with vekha().database.transaction() as session:
        second_factor.reset(session, None, people.find_person(session, username).id, now=now())
    click.echo(f"{username} has no second factor any more; its sessions are ended.")


def _set_active(username: str, active: bool) -> None:
    with vekha().database.transaction() as session:
        people.set_active(session, None, people.find_person(session, username).id, active, now=now())


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        refuse("no terminal to ask for the password; pass it with --password-stdin")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _record(line: PersonLine) -> dict[str, Any]:
    return {
        "username": line.username,
        "name": line.name,
        "role": line.role,
        "organization": line.organization,
        "active": line.active,
        "last_seen": line.seen_at,
    }
