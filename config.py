"""Settings, from the environment only.

A default is right for production and fit to be public; what is not has none, and production
refuses to start without it. ``make run`` is development: it makes a secret, keeps it under
``instance/`` and marks the pages as a demonstration.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
TILES_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._~/{}?=&%@-]+")
"""An address of tiles; its host goes into a header, so it is plain letters."""
FILES_URL = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*")
"""A bucket by S3's rules for names, and a prefix of plain letters."""


class BadSettingError(ValueError):
    """A setting is missing or cannot be used; the message says which and what to write."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may differ between two installations."""

    instance: Path
    """INSTANCE_PATH: folder for the SQLite database, files, mails and the development secret."""
    secret_key: str
    """SECRET_KEY: at least 32 characters; signs cookies and links. No default in production."""
    database_url: str
    """DATABASE_URL: sqlite:///… or postgresql+psycopg://…; default: SQLite under instance/."""
    production: bool
    """PRODUCTION: 1 for a real installation; anything missing then stops the start."""
    public_url: str
    """PUBLIC_URL: the address in mails and labels, such as https://ketnoi.example."""
    host: str
    """HOST: the address to listen on."""
    port: int
    """PORT: the port to listen on."""
    web_workers: int
    """WEB_WORKERS: processes that answer requests."""
    web_threads: int
    """WEB_THREADS: requests one process answers at once; few behind a buffering proxy."""
    proxies: int
    """PROXIES: how many proxies in front may set X-Forwarded-*; 0 ignores these headers."""
    smtp_url: str
    """SMTP_URL: smtp://user:password@host:port or smtps://…; empty keeps mails as files."""
    mail_from: str
    """MAIL_FROM: the sender of all mails."""
    pair: str
    """PAIR: code of the twinning shown when the address names none; empty takes the first."""
    map_tiles_url: str
    """MAP_TILES_URL: https://host/{z}/{x}/{y}.png, tiles under the map of villages; empty: none."""
    map_tiles_credit: str
    """MAP_TILES_CREDIT: whom the map names as the source of its tiles, as their licence asks."""
    files_url: str
    """FILES_URL: where uploads are kept: s3://bucket/prefix; empty: a folder under instance/."""
    s3_endpoint_url: str
    """S3_ENDPOINT_URL: the address of an S3-compatible service; empty: Amazon's own."""
    s3_region: str
    """S3_REGION: the region the bucket is in; many services take any word."""
    s3_access_key_id: str
    """S3_ACCESS_KEY_ID: the key that may list, read, write and remove in the bucket."""
    s3_secret_access_key: str
    """S3_SECRET_ACCESS_KEY: its secret."""

    @property
    def is_https(self) -> bool:
        """Whether cookies may be kept to secure connections."""
        return self.public_url.startswith("https://")

    @property
    def tiles_host(self) -> str:
        """Scheme and host of the map's tiles; empty without any."""
        return "/".join(self.map_tiles_url.split("/")[:3])

    @property
    def files(self) -> Path:
        """Folder of uploaded content, unless FILES_URL names another place."""
        return self.instance / "files"

    @property
    def mails(self) -> Path:
        """Folder of the mails that were not sent by SMTP."""
        return self.instance / "mails"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; raises BadSettingError with one sentence."""
        env = os.environ if environ is None else environ
        production = env.get("PRODUCTION", "") not in ("", "0", "false", "no")
        instance = Path(env.get("INSTANCE_PATH") or ROOT / "instance").resolve()
        host = env.get("HOST") or "127.0.0.1"
        port = _number(env, "PORT", 8000, 1, 65535)
        settings = cls(
            instance=instance,
            secret_key=_secret(env, instance, production=production),
            database_url=_database(env, instance),
            production=production,
            public_url=_public_url(env, port, production=production),
            host=host,
            port=port,
            web_workers=_number(env, "WEB_WORKERS", 2, 1, 64),
            web_threads=_number(env, "WEB_THREADS", 4, 1, 64),
            proxies=_number(env, "PROXIES", 0, 0, 5),
            smtp_url=env.get("SMTP_URL", ""),
            mail_from=env.get("MAIL_FROM") or "ketnoi@localhost",
            pair=env.get("PAIR", ""),
            map_tiles_url=_tiles(env),
            map_tiles_credit=env.get("MAP_TILES_CREDIT", ""),
            files_url=_files_url(env),
            s3_endpoint_url=_endpoint(env),
            s3_region=env.get("S3_REGION") or "us-east-1",
            s3_access_key_id=env.get("S3_ACCESS_KEY_ID", ""),
            s3_secret_access_key=env.get("S3_SECRET_ACCESS_KEY", ""),
        )
        if production and not settings.smtp_url:
            msg = "SMTP_URL is missing: production needs a mail server (smtp://host:port)."
            raise BadSettingError(msg)
        if production and settings.mail_from.endswith("@localhost"):
            msg = "MAIL_FROM is missing: write the sender's address."
            raise BadSettingError(msg)
        return settings


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    raw = env.get(name) or str(default)
    if not (raw.isascii() and raw.isdigit() and low <= int(raw[:9]) <= high):
        msg = f"{name} must be a whole number from {low} to {high}, not {raw!r}."
        raise BadSettingError(msg)
    return int(raw)


def _secret(env: Mapping[str, str], instance: Path, *, production: bool) -> str:
    given = env.get("SECRET_KEY", "")
    if given:
        if len(given) < 32:  # noqa: PLR2004  stated in the message
            msg = "SECRET_KEY is too short: write at least 32 random characters."
            raise BadSettingError(msg)
        return given
    if production:
        msg = "SECRET_KEY is missing: write at least 32 random characters."
        raise BadSettingError(msg)
    return _kept_secret(instance / "secret-key")


def _kept_secret(path: Path) -> str:
    """The development secret: made once, shared by the processes that start together."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # whole or not at all: the first of two wins
        draft.unlink()
    return path.read_text()


def _database(env: Mapping[str, str], instance: Path) -> str:
    url = env.get("DATABASE_URL") or f"sqlite:///{instance / 'marketplace.sqlite'}"
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        msg = "DATABASE_URL must begin with sqlite:/// or postgresql://."
        raise BadSettingError(msg)
    return url


def _public_url(env: Mapping[str, str], port: int, *, production: bool) -> str:
    url = env.get("PUBLIC_URL", "").rstrip("/")
    if production and not url.startswith("https://"):
        msg = "PUBLIC_URL is missing: write the public address, beginning with https://."
        raise BadSettingError(msg)
    if url and not url.startswith(("http://", "https://")):
        msg = "PUBLIC_URL must begin with https:// or http://."
        raise BadSettingError(msg)
    return url or f"http://localhost:{port}"


def _files_url(env: Mapping[str, str]) -> str:
    """A bucket that can be reached with the keys given, or nothing for the folder."""
    url = env.get("FILES_URL", "").rstrip("/")
    if not url:
        return ""
    if not FILES_URL.fullmatch(url):
        msg = f"FILES_URL must be s3://bucket or s3://bucket/prefix, not {url!r}."
        raise BadSettingError(msg)
    for name in ("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"):
        if not env.get(name):
            msg = f"{name} is missing: FILES_URL names a bucket, which needs a key and its secret."
            raise BadSettingError(msg)
    return url


def _tiles(env: Mapping[str, str]) -> str:
    """The address of map tiles with its three places to fill in, or nothing."""
    url = env.get("MAP_TILES_URL", "")
    if not url:
        return ""
    has_places = all(place in url for place in ("{z}", "{x}", "{y}"))
    if not TILES_URL.fullmatch(url) or not has_places:
        msg = f"MAP_TILES_URL must be https://host/…/{{z}}/{{x}}/{{y}}.png, not {url!r}."
        raise BadSettingError(msg)
    return url


def _endpoint(env: Mapping[str, str]) -> str:
    url = env.get("S3_ENDPOINT_URL", "").rstrip("/")
    if url and not url.startswith(("http://", "https://")):
        msg = "S3_ENDPOINT_URL must begin with https:// or http://."
        raise BadSettingError(msg)
    return url
