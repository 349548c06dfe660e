"""Organisations, the people who act for them, and their signed-in sessions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Organization(Base):
    """A body that the plan names or that answers for a task."""

    __tablename__ = "organization"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: stable name in seeds, feeds and the command line, e.g. college07
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(400))
    short_name: Mapped[str] = mapped_column(String(120))
    gloss_en: Mapped[str] = mapped_column(String(400), default="")
    #: department | centre | bpoo | college | cluster | partner
    kind: Mapped[str] = mapped_column(String(20))
    #: of a college: whose it is
    category: Mapped[str] = mapped_column(String(40), default="")
    #: other names under which documents speak of it
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    note_ru: Mapped[str] = mapped_column(Text, default="")
    note_en: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)


class Person(Base):
    """An account. Its role says what it may do; its organisation, for whom."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    #: what others read on screen: a position, in the demonstration a role
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    #: executor | controller | auditor | administrator
    role: Mapped[str] = mapped_column(String(20))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    #: an executor who heads the organisation
    heads: Mapped[bool] = mapped_column(default=False)
    #: "" follows the browser, else ru | en
    language: Mapped[str] = mapped_column(String(5), default="")
    #: auto | light | dark
    theme: Mapped[str] = mapped_column(String(5), default="auto")
    #: where letters go; "": none are sent
    email: Mapped[str] = mapped_column(String(254), default="")
    #: how often a letter tells of what is new: day | week | none
    digest: Mapped[str] = mapped_column(String(5), default="day")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Throttle(Base):
    """How often something has failed lately, e.g. signing in under a name or from an address.

    Kept for names that nobody has, too; otherwise the waiting would tell which names exist.
    """

    __tablename__ = "throttle"

    #: SHA-256 of what is counted
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: failures that were not forgotten at the last one
    level: Mapped[float]
    counted_at: Mapped[datetime] = mapped_column(index=True)
    #: when the next try is open
    free_at: Mapped[datetime]


class PasswordReset(Base):
    """A link by which a person sets a new password: once, within an hour."""

    __tablename__ = "password_reset"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the token in the link
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    #: when it was used or a newer one took its place, the password changed or the account was disabled
    ended_at: Mapped[datetime | None]


class SecondFactor(Base):
    """The program on a telephone whose codes a person proves itself with, beside the password."""

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    #: the secret in base32, sealed by the installation's key
    secret: Mapped[str] = mapped_column(String(200))
    since: Mapped[datetime]
    #: the last step of 30 s, from 1970, whose code was taken; each counts once
    last_step: Mapped[int]


class RecoveryCode(Base):
    """A code on paper that stands for one of the telephone's, once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    #: SHA-256 of 80 random bits
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class PendingSignIn(Base):
    """A browser whose person has proven the password and not yet the second factor: it opens nothing."""

    __tablename__ = "pending_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the token in the cookie
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    #: wrong codes; a few, and the password is asked for anew
    failures: Mapped[int] = mapped_column(default=0)


class LoginSession(Base):
    """One signed-in browser. Ending the row ends the session, whatever cookie is still about."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the token in the cookie
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    #: brought up to date at most once a minute
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    agent: Mapped[str] = mapped_column(String(200), default="")
    #: the delegation by which the person acts for another in this browser
    delegation_id: Mapped[int | None]

    __table_args__ = (Index(None, "person_id"),)


class Delegation(Base):
    """That somebody acts for a person who is away. The dates are of the plan's time zone, inclusive."""

    __tablename__ = "delegation"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: who is away
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: when it was ended before its last day
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AppPassword(Base):
    """A password of one calendar program. It opens that person's own tasks over CalDAV and nothing else."""

    __tablename__ = "app_password"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the secret; the secret itself is shown once and kept nowhere
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    #: what the person calls the program or the device
    name: Mapped[str] = mapped_column(String(80))
    #: language of the words in the program: ru | en
    language: Mapped[str] = mapped_column(String(5), default="ru")
    created_at: Mapped[datetime]
    #: brought up to date at most once an hour
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
