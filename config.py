"""Configuration: read once, frozen, and nowhere else."""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent
SETTINGS_FILE = "settings.toml"
#: so begins a key that was made for a demonstration
DEMO_KEY = "demonstration-"
#: names of the machine itself, at any port: who asks by them is on it
LOCAL_HOSTS = ("localhost:*", "127.0.0.1:*", "[::1]:*")

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:/@\[\]]+)(:(?:\d{1,5}|\*))?")
_HSTS = re.compile(r"max-age=\d+(; ?includeSubDomains)?(; ?preload)?")


class ConfigError(Exception):
    """A setting is missing or cannot be read; the message names it."""


@dataclass(frozen=True)
class Clock:
    """What time it is. `today` moves the date (and keeps the time of day) for a demonstration."""

    today: date | None = None

    def now(self) -> datetime:
        """The present instant, UTC. Nothing else in the product than this class reads the machine's clock."""
        now = datetime.now(UTC)
        if self.today is None:
            return now
        return (
            datetime.combine(self.today, time(hour=9), tzinfo=UTC)
            + (now - datetime.combine(now.date(), time(), tzinfo=UTC)) / 4
        )

    def machine(self) -> datetime:
        """The machine's own instant, UTC, which no demonstration moves: for what runs, and when."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class MailServer:
    """The server that takes letters."""

    host: str
    port: int
    #: the address that letters come from
    sender: str
    #: "" for a server that asks nobody
    user: str = ""
    password: str = field(default="", repr=False)
    #: starttls | ssl | none
    tls: str = "starttls"


#: whose second factor is required unless the settings say otherwise
_GUARDED = "controller, administrator"
_ROLES = frozenset({"executor", "controller", "auditor", "administrator"})
#: ports that servers have for each of them
_MAIL_PORTS = {"starttls": 587, "ssl": 465, "none": 25}


@dataclass(frozen=True)
class Config:
    """Everything that differs between installations."""

    instance: Path
    database_url: str
    secret_key: str
    evidence: Path
    #: folder in which the heads of the journals are written down, outside of the database
    anchor: Path
    #: keys that signed before the present one, and still count
    old_keys: tuple[str, ...] = ()
    #: whether the key was given; otherwise it is this process's own
    has_own_key: bool = True
    #: the demonstration: fixed day, known password, a banner on every page
    demo: bool = False
    #: what settings.toml says of that where the environment says it too
    demo_elsewhere: bool | None = None
    clock: Clock = Clock()
    #: public address, e.g. https://vekha.example.ru, that links are made from. None: the request's own
    base_url: str | None = None
    #: names (and ports) by which it is asked, beside that of `base_url`; none: the machine's own
    hosts: tuple[str, ...] = ()
    #: Strict-Transport-Security as it is sent over HTTPS; "": it is not
    hsts: str = "max-age=31536000"
    #: the fixed domain in calendar UIDs; must never change once people have subscribed
    uid_domain: str = "vekha.local"
    #: the plan that the first page shows
    plan: str = "2022"
    #: largest file, bytes
    max_file: int = 50 * 1024 * 1024
    #: a session ends after this many seconds without a click, and after `session_life` in any case
    session_idle: int = 3600
    session_life: int = 12 * 3600
    #: send the session cookie over HTTPS alone
    secure_cookies: bool = False
    #: roles that may do nothing without a second factor; everybody may have one
    second_factor: frozenset[str] = frozenset()
    #: number of reverse proxies whose X-Forwarded-* headers are believed
    proxies: int = 0
    #: None: letters wait in the outbox
    mail: MailServer | None = None
    #: address that is told once a day where the journals end; "" for none
    anchor_mail: str = ""
    #: where background work queues: an address (sqlite, postgresql, redis). None: there is no worker, reports
    #: are made while one waits, and jobs are run by `flask jobs`
    queue: str | None = None
    #: folder in which a backup is made every night. None: only `flask backup create` makes one
    backups: Path | None = None
    #: bytes that should stay free on the disks; with less a warning is given
    reserve: int = 1024**3
    #: where figures for Prometheus are told: an address and a port; port 0: nowhere
    metrics: tuple[str, int] = ("", 0)
    #: how the log is written: json | text; "": text on a terminal, else JSON
    log: str = ""
    #: where ClamAV's server listens: unix:/path or tcp:host:port. None: nobody looks for viruses
    clamav: str | None = None
    testing: bool = False

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """The names by which requests may ask (see `app.web.hosts`)."""
        public = (_host("base_url", urlsplit(self.base_url).netloc),) if self.base_url else ()
        return (*public, *(self.hosts or LOCAL_HOSTS))

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Config:
        """Read `VEKHA_*` or what `VEKHA_*_FILE` names, then `instance/settings.toml`, then the defaults.

        Raises ConfigError.
        """
        instance = Path(environ.get("VEKHA_INSTANCE", ROOT / "instance")).resolve()
        settings = _read_settings(instance)

        def setting(name: str, default: str) -> str:
            if file := environ.get(f"VEKHA_{name.upper()}_FILE"):
                return _content(name, Path(file))
            return environ.get(f"VEKHA_{name.upper()}", str(settings.get(name, default)))

        demo = _flag("demo", setting("demo", "0"))
        elsewhere = settings.get("demo") if "VEKHA_DEMO" in environ else None
        today = setting("today", "")
        is_https = setting("base_url", "").startswith("https:")
        secret_key = setting("secret_key", "")
        return cls(
            instance=instance,
            database_url=setting("database_url", f"sqlite:///{instance / 'vekha.db'}"),
            # Without settings nothing can be signed in to: a key of this process's own is enough.
            secret_key=secret_key or secrets.token_hex(32),
            old_keys=tuple(key for key in re.split(r"[,\s]+", setting("secret_key_old", "")) if key),
            has_own_key=bool(secret_key),
            evidence=Path(setting("evidence", str(instance / "evidence"))),
            anchor=Path(setting("anchor", str(instance / "anchor"))),
            demo=demo,
            demo_elsewhere=None if elsewhere is None else _flag("demo", str(elsewhere)),
            clock=Clock(_day("today", today) if today else None),
            base_url=setting("base_url", "").rstrip("/") or None,
            hosts=tuple(_host("hosts", host) for host in setting("hosts", "").split(",") if host.strip()),
            hsts=_hsts(setting("hsts", cls.hsts)),
            uid_domain=setting("uid_domain", "vekha.local"),
            plan=setting("plan", "2022"),
            max_file=_number("max_file", setting("max_file", str(cls.max_file))),
            session_idle=_number("session_idle", setting("session_idle", str(cls.session_idle))),
            session_life=_number("session_life", setting("session_life", str(cls.session_life))),
            secure_cookies=_flag("secure_cookies", setting("secure_cookies", "1" if is_https else "0")),
            second_factor=_roles("second_factor", setting("second_factor", "none" if demo else _GUARDED)),
            proxies=_number("proxies", setting("proxies", "0")),
            mail=_mail_server(setting),
            anchor_mail=_address("anchor_mail", setting("anchor_mail", "")),
            backups=Path(backups) if (backups := setting("backups", "")) else None,
            clamav=_clamav(setting("clamav", "")),
            queue=_queue(setting("queue", f"sqlite:///{instance / 'queue.db'}")),
            reserve=_number("reserve", setting("reserve", str(cls.reserve))),
            metrics=_listener("metrics", setting("metrics", "")),
            log=_log_form(setting("log", "")),
        )


def write_settings(instance: Path, values: Mapping[str, str]) -> bool:
    """Add the settings that `instance/settings.toml` does not have yet; True when it changed.

    What stands there already is the operator's and stays.
    """
    present = _read_settings(instance)
    missing = {name: value for name, value in values.items() if name not in present}
    if not missing:
        return False
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / SETTINGS_FILE
    lines = [path.read_text(encoding="utf-8")] if path.exists() else []
    lines += [f'{name} = "{value}"\n' for name, value in missing.items()]
    draft = path.with_suffix(".new")
    draft.write_text("".join(lines), encoding="utf-8")
    draft.chmod(0o600)
    draft.replace(path)
    return True


def plan_zone(name: str) -> ZoneInfo:
    """The time zone of that name. Raises ConfigError when the machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(f"unknown time zone {name!r}") from error


def _read_settings(instance: Path) -> dict[str, object]:
    path = instance / SETTINGS_FILE
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}") from error


def _content(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"{name}: the file {path} cannot be read") from error


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{name}: {text!r} is not a date like 2022-06-15") from error


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise ConfigError(f"{name}: {text!r} is not a whole number") from error


def _host(name: str, text: str) -> str:
    """A host as requests name it: in small letters, and in ASCII where it is of another script."""
    found = _HOST.fullmatch(text.strip().lower())
    if found is None:
        raise ConfigError(f"{name}: {text!r} is no name of a host, like vekha.example.ru or 10.0.0.7:8443")
    try:
        known = found[1] if found[1].startswith("[") else found[1].encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ConfigError(f"{name}: {text!r} is no name of a host") from error
    return known + (found[2] or "")


def _hsts(text: str) -> str:
    if text.strip().lower() in {"", "0", "off", "no"}:
        return ""
    if not _HSTS.fullmatch(text.strip()):
        raise ConfigError(
            f"hsts: {text!r} is nothing like max-age=31536000; includeSubDomains; preload, or off"
        )
    return text.strip()


def _mail_server(setting: Callable[[str, str], str]) -> MailServer | None:
    host = setting("smtp_host", "")
    if not host:
        return None
    tls = setting("smtp_tls", "starttls")
    if tls not in _MAIL_PORTS:
        raise ConfigError(f"smtp_tls: {tls!r} is none of {', '.join(_MAIL_PORTS)}")
    sender = setting("mail_from", "")
    if "@" not in sender:
        raise ConfigError("mail_from: letters need an address that they come from")
    return MailServer(
        host,
        _number("smtp_port", setting("smtp_port", str(_MAIL_PORTS[tls]))),
        sender,
        setting("smtp_user", ""),
        setting("smtp_password", ""),
        tls,
    )


def _listener(name: str, text: str) -> tuple[str, int]:
    if not text:
        return "", 0
    found = _HOST.fullmatch(text.strip().lower())
    if found is None or not (found[2] or "").removeprefix(":").isdigit():
        raise ConfigError(f"{name}: {text!r} is no address to listen at, like 127.0.0.1:9100")
    return found[1].strip("[]"), int(found[2][1:])


def _log_form(text: str) -> str:
    if text not in {"", "json", "text"}:
        raise ConfigError(f"log: {text!r} is neither json nor text")
    return text


def _address(name: str, text: str) -> str:
    if text and ("@" not in text or any(character.isspace() for character in text)):
        raise ConfigError(f"{name}: {text!r} is no address like name@example.org")
    return text


def _clamav(address: str) -> str | None:
    if address and not re.fullmatch(r"unix:/.+|tcp:.+:\d+", address):
        raise ConfigError("clamav: use an address like unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310")
    return address or None


def _roles(name: str, text: str) -> frozenset[str]:
    roles: frozenset[str] = frozenset() if text == "none" else frozenset(text.replace(",", " ").split())
    if not roles <= _ROLES:
        raise ConfigError(f"{name}: {text!r} is neither none nor some of {', '.join(sorted(_ROLES))}")
    return roles


def _queue(address: str) -> str | None:
    if address == "none":
        return None
    if not address.startswith(
        ("sqlite:///", "postgresql://", "postgresql+psycopg://", "redis://", "rediss://")
    ):
        raise ConfigError(
            "queue: use an address like sqlite:////var/lib/vekha/queue.db, postgresql:///vekha or "
            "redis://localhost/0, or none"
        )
    return address


def _flag(name: str, text: str) -> bool:
    value = text.strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise ConfigError(f"{name}: {text!r} is neither yes nor no")
