"""The load generator: a few keep-alive connections that ask one after the other.

It speaks just enough HTTP/1.1 for granian's answers, because every cycle spent here is taken from
the server on the same cores.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.servers import HOST, Web

CONNECTIONS = 4
WARM_UP = 0.6
Requests = Callable[[int], bytes]
"""Builds the n-th request of a measurement."""

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Result:
    """What a measurement found."""

    requests: int
    seconds: float
    cpu: float
    statuses: Counter[int]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def cost(self) -> float:
        """Processor seconds of the servers for one request."""
        return self.cpu / self.requests


class Connection:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.left = b""

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Status, head and body of the answer."""
        self.socket.sendall(request)
        data = self.left
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = data[:end]
        found = _LENGTH.search(head)
        length = int(found[1]) if found else 0
        while len(data) < end + 4 + length:
            data += self._more()
        self.left = data[end + 4 + length :]
        return int(head[9:12]), head, data[end + 4 : end + 4 + length]

    def close(self) -> None:
        """Hang up, so that the server need not wait for us when it stops."""
        self.socket.close()

    def _more(self) -> bytes:
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data


def get(path: str, *more: str, cookie: str = "") -> bytes:
    """A GET request as a browser sends it, with more lines in its head."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Accept-Encoding: gzip", *more]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path: str, fields: dict[str, str], cookie: str) -> bytes:
    """A POST request of a form."""
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def measure(web: Web, requests: Requests, seconds: float, *, warm: bool = True) -> Result:
    """Ask for so long on all connections at once; ``warm`` asks a while before the clock runs."""
    place = threading.Lock()
    number = 0
    statuses: Counter[int] = Counter()
    failures: list[BaseException] = []

    def run(until: float, *, counts: bool) -> None:
        nonlocal number
        seen: Counter[int] = Counter()
        try:
            with closing(Connection(web.port)) as connection:
                while time.monotonic() < until:
                    with place:
                        mine = number
                        number += 1
                    seen[connection.ask(requests(mine))[0]] += 1
        except BaseException as error:  # noqa: BLE001  told by the one who waits
            failures.append(error)
        if counts:
            with place:
                statuses.update(seen)

    def together(length: float, *, counts: bool) -> None:
        until = time.monotonic() + length
        threads = [
            threading.Thread(target=run, args=(until,), kwargs={"counts": counts})
            for _ in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    if warm:
        together(WARM_UP, counts=False)
    before, start = web.cost(), time.monotonic()
    together(seconds, counts=True)
    passed, cpu = time.monotonic() - start, web.cost() - before
    return Result(statuses.total(), passed, cpu, statuses)


# ---------------------------------------------------------------- people with a session

_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
_COOKIE = re.compile(rb"\r\nset-cookie: ([^;\r]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Session:
    """A signed-in buyer."""

    cookie: str
    token: str


def _page(connection: Connection, path: str, cookie: str) -> tuple[str, str]:
    """The form token of a page, and the cookies after it."""
    plain = get(path, cookie=cookie).replace(b"Accept-Encoding: gzip\r\n", b"")
    status, head, body = connection.ask(plain)
    found = _TOKEN.search(body)
    if status != 200 or found is None:  # noqa: PLR2004
        raise RuntimeError(f"{path} answered {status} without a form")
    return found[1].decode(), _after(cookie, head)


def _after(cookie: str, head: bytes) -> str:
    kept = dict(part.split("=", 1) for part in cookie.split("; ") if part)
    for found in _COOKIE.findall(head):
        name, _, value = found.decode().partition("=")
        kept[name] = value
    return "; ".join(f"{name}={value}" for name, value in kept.items() if value)


def sign_in(web: Web, email: str, password: str, form_path: str) -> Session:
    """Sign someone in, and take the token of a form that is valid for the session's other forms."""
    fields = {"identifier": email, "password": password}
    fields |= {"form_key": f"sign-in-{email:_>24}".replace("@", "-").replace(".", "-")}
    with closing(Connection(web.port)) as connection:
        fields["csrf_token"], cookie = _page(connection, "/dang-nhap", "")
        status, head, _body = connection.ask(post("/dang-nhap", fields, cookie))
        if status != 303:  # noqa: PLR2004
            raise RuntimeError(f"signing in answered {status}")
        token, cookie = _page(connection, form_path, _after(cookie, head))
    return Session(cookie, token)
