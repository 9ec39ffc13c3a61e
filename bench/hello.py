"""The yardstick: a bare Flask route."""

from __future__ import annotations

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """The shortest page there is."""
    return "hello\n"
