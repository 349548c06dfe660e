"""`flask backup`: the database and the evidence of one moment in one file, and back."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.anchor import Anchor
from app.backups import creating, places, restoring, resuming, verifying
from app.backups.resuming import Resumed
from app.backups.verifying import Verified
from app.cli.journal import writable_anchor
from app.cli.running import print_json, refuse, told
from app.domain.errors import StorageError
from app.web.state import now, vekha


@click.group("backup", help="Make, check and restore backups of the database and the evidence.")
def group() -> None:
    pass


@group.command("create")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="A file, or a folder that is there; otherwise VEKHA_BACKUPS, or backups/ in the instance folder.",
)
@click.option("--keep", type=click.IntRange(1), help="Remove the oldest backups of the folder but so many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
@told
def create(output: Path | None, keep: int | None, as_json: bool) -> None:
    """Write a backup while people work: one file that holds what was there at one moment.

    It holds neither the settings with the secret key nor the anchor: keep those elsewhere. The exit code is 1
    when files that the database names are lost; the backup is made all the same, says so, and no older one
    is removed.
    """
    parts = vekha()
    machine = parts.config.clock.machine()
    folder = output or parts.config.backups or parts.config.instance / places.FOLDER
    path = output if output and not output.is_dir() else folder / places.name_at(machine)
    made = creating.create(parts.database, parts.store, path, machine, _progress)
    removed = places.prune(path.parent, keep) if keep and not made.lost else []
    if as_json:
        print_json(
            made._asdict() | {"path": str(made.path), "removed": [str(each) for each in removed]},
        )
    else:
        click.echo(
            f"{made.path}: {made.size} bytes, level {made.level}, {made.rows} rows of {made.tables} tables, "
            f"{made.files - len(made.lost)} files."
        )
        click.echo(f"Digest of rows and files: {made.digest}")
        click.echo(f"SHA-256 of the archive:   {made.sha256}")
        for each in removed:
            click.echo(f"Removed {each}.")
    if made.lost:
        refuse(f"the backup was made, but {_of_lost(made.lost)}")


@group.command("verify")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
@told
def verify(archive: Path, as_json: bool) -> None:
    """Read ARCHIVE whole: every hash, every row, every journal, every file that a row names.

    It needs no installation. The exit code is 1 when anything is wrong; the first such thing is named.
    """
    found = verifying.verify(archive)
    if as_json:
        print_json(found._asdict() | {"heads": [head._asdict() for head in found.heads]})
        return
    click.echo(
        f"{archive} is whole: made {found.made_at:%Y-%m-%d %H:%M:%S} UTC by {found.product} at level "
        f"{found.level}, {found.rows} rows of {len(found.tables)} tables, {found.files} files."
    )
    for head in found.heads:
        click.echo(f"Plan {head.plan}: journal up to position {head.position}.")
    click.echo(f"Digest of rows and files: {found.digest}")
    _tell_lost(found)


@group.command("restore")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put it in the place of what the installation holds.")
@told
def restore(archive: Path, replace: bool) -> None:
    """Restore ARCHIVE into an empty installation, or with --replace in the place of this one's data.

    Stop the server first. The archive is verified before anything is changed; one of an older level is
    brought up to date. Whoever ends this on the way leaves what was there, or all of the backup. Everybody
    is signed out. What was done after the backup is lost; which entries of the journals those are is said,
    and stands in the journals.
    """
    parts = vekha()
    anchor, present = writable_anchor(), resuming.present_heads(parts.database)
    anchored, resumed = anchor.heads(), list[Resumed]()

    def finish(session: Session, backup: Verified) -> None:
        resumed.extend(resuming.resume(session, backup, present, anchored, now()))

    done = restoring.restore(
        archive, parts.database, parts.store, replace=replace, finish=finish, progress=_progress
    )
    click.echo(
        f"Restored as of {done.backup.made_at:%Y-%m-%d %H:%M:%S} UTC: {done.backup.rows} rows, "
        f"{done.backup.files} files ({done.files} were not there), level {done.level}."
    )
    for lost in (each.lost for each in resumed if each.lost):
        click.echo(
            f"Plan {lost.plan}: {lost.last - lost.first + 1} entries of the journal are lost, "
            f"positions {lost.first} to {lost.last}."
        )
    _tell_lost(done.backup)
    _tell_anchor(anchor, resumed)


def _tell_anchor(anchor: Anchor, resumed: list[Resumed]) -> None:
    for number, each in enumerate(resumed):
        try:
            anchor.append([each.head], now(), each.accepted)
        except StorageError as error:
            plans = [left.head.plan for left in resumed[number:] if left.accepted]
            accept = f", then `flask journal accept` each of {', '.join(plans)}" if plans else ""
            refuse(f"{error} The backup was restored, and the anchor does not know: mend that{accept}")


def _progress(sentence: str) -> None:
    click.echo(sentence, err=True)


def _tell_lost(backup: Verified) -> None:
    if backup.lost:
        click.echo(f"Warning: when it was made, {_of_lost(backup.lost)}", err=True)


def _of_lost(lost: list[str]) -> str:
    verb = "file that the database names was" if len(lost) == 1 else "files that the database names were"
    return f"{len(lost)} {verb} missing or changed, first {lost[0]}."
