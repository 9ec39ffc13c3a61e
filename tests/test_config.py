"""Settings: defaults, what production refuses, and that the README names every one of them."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from config import BadSettingError, Settings
from marketplace import core, create_app

GOOD = {
    "PRODUCTION": "1",
    "SECRET_KEY": "x" * 32,
    "PUBLIC_URL": "https://ketnoi.example",
    "SMTP_URL": "smtp://mail.example",
    "MAIL_FROM": "ketnoi@ketnoi.example",
}
NAMES = {"instance": "INSTANCE_PATH"}


def test_development_keeps_its_secret(tmp_path: Path) -> None:
    env = {"INSTANCE_PATH": str(tmp_path)}
    first, second = Settings.from_env(env), Settings.from_env(env)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_production_starts_with_everything(tmp_path: Path) -> None:
    settings = Settings.from_env(GOOD | {"INSTANCE_PATH": str(tmp_path)})
    assert settings.is_https
    app = create_app(settings)
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-session"
    assert app.config["SESSION_COOKIE_SECURE"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://plain.example"}, "PUBLIC_URL"),
        ({"SMTP_URL": ""}, "SMTP_URL"),
        ({"MAIL_FROM": ""}, "MAIL_FROM"),
        ({"PORT": "http"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "٨٠"}, "PORT"),
        ({"WEB_WORKERS": "9999"}, "WEB_WORKERS"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
    ],
)
def test_production_refuses_in_words(tmp_path: Path, change: dict[str, str], word: str) -> None:
    with pytest.raises(BadSettingError, match=word):
        Settings.from_env(GOOD | {"INSTANCE_PATH": str(tmp_path)} | change)


def test_an_old_sqlite_is_refused_in_production(tmp_path: Path, monkeypatch, caplog) -> None:
    monkeypatch.setattr("marketplace.core.db.OLDEST_SAFE_SQLITE", (99, 0, 0))
    with pytest.raises(BadSettingError, match="SQLite"):
        create_app(Settings.from_env(GOOD | {"INSTANCE_PATH": str(tmp_path)}))
    create_app(Settings.from_env({"INSTANCE_PATH": str(tmp_path)}))
    assert "can lose data" in caplog.text


@pytest.mark.parametrize("url", ["postgres://a/b", "postgresql://a/b"])
def test_postgresql_addresses_are_given_their_driver(tmp_path: Path, url: str) -> None:
    env = {"INSTANCE_PATH": str(tmp_path), "DATABASE_URL": url}
    assert Settings.from_env(env).database_url == "postgresql+psycopg://a/b"


def test_the_readme_names_every_setting() -> None:
    readme = (Path(core.__file__).parents[2] / "README.md").read_text()
    named = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", readme, re.MULTILINE))
    assert named == {NAMES.get(f.name, f.name.upper()) for f in fields(Settings)}


@pytest.mark.parametrize(
    "url",
    [
        "https://tiles.example/{z}/{x}.png",
        "//tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example; script-src *//{z}/{x}/{y}",
        "javascript:{z}{x}{y}",
    ],
)
def test_an_address_of_tiles_that_cannot_be_used_is_told(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadSettingError, match="MAP_TILES_URL"):
        Settings.from_env({"INSTANCE_PATH": str(tmp_path), "MAP_TILES_URL": url})


def test_tiles_are_off_by_default_and_name_their_host(tmp_path: Path) -> None:
    env = {"INSTANCE_PATH": str(tmp_path)}
    assert Settings.from_env(env).tiles_host == ""
    on = Settings.from_env(env | {"MAP_TILES_URL": "https://tiles.example:8443/a/{z}/{x}/{y}.png"})
    assert on.tiles_host == "https://tiles.example:8443"
