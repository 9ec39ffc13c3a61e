"""Someone who sends many requests, each as if it were the first after signing in."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection
from werkzeug.test import TestResponse

from tests.everywhere.values import encoded
from tests.page import Browser


class Person:
    """A signed-in person whose requests all begin with the same cookies."""

    def __init__(self, browser: Browser, connection: Connection) -> None:
        self.client = browser.client
        self.language = browser.language
        self.connection = connection
        self.token = browser.csrf_token()
        self.cookies = dict(self.client._cookies)

    def open(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        """One request; the cookies it sets are forgotten."""
        try:
            return self.client.open(path, method=method, buffered=True, **kwargs)
        finally:
            self.client._cookies = dict(self.cookies)

    def send(self, path: str, fields: list[tuple[str, str | bytes]], **tokens: str) -> TestResponse:
        """Send a form as a browser encodes it, with its two tokens."""
        keys = {"csrf_token": self.token, "form_key": Browser.form_key()} | tokens
        taken = {name for name, _ in fields}
        data = encoded([*fields, *((k, v) for k, v in keys.items() if k not in taken)])
        kind = "application/x-www-form-urlencoded"
        return self.open("POST", path, data=data, content_type=kind)
