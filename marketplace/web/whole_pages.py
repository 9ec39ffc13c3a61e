"""Whole pages kept in front of the program: for visitors, and for each session its own.

A page is kept under what it may depend on (address, language, appearance, data saving, whether a
part of it was asked for; where a session comes with the request, all of its cookies) and under the
state of the database read before it was made: whatever was committed before a request came is in
its answer, also when another process wrote it. The end of a session is such a commit. Views say
themselves that they may be kept: ``@access(PUBLIC, kept=True)``. An answer that sets a cookie
never is.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask, Response, current_app, request

from marketplace.core.db import db
from marketplace.core.watch import Watch, keeps_pages
from marketplace.web.locale import COOKIE as LANGUAGE_COOKIE
from marketplace.web.templating import THEME_COOKIE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_KEPT = 32 * 1024 * 1024
"""Bytes of pages a process keeps for visitors, and again for sessions; then it starts anew."""
LONGEST = 60.0
"""Seconds a page is kept though nothing was written: it may say how long ago something was."""
CHOICES = (LANGUAGE_COOKIE, THEME_COOKIE)
"""Cookies that pages are written by where no session comes with them."""
ASKED = ("HTTP_HOST", "wsgi.url_scheme", "HTTP_SAVE_DATA", "HTTP_HX_REQUEST", "HTTP_HX_TARGET")
"""What else of a request pages are written by."""
GZIP_HEADER = 10
"""Bytes in which a compressed page says when it was compressed: no part of what it says."""
_MAY_BE_KEPT = "marketplace.may_be_kept"
_NOT_AGAIN = frozenset({"content-length", "content-encoding", "content-type"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it was answered."""

    version: Hashable
    until: float
    headers: list[tuple[str, str]]
    body: bytes
    etag: str


class Shelf:
    """Pages by what they depend on; emptied when they are too many."""

    def __init__(self) -> None:
        self._pages: dict[Hashable, Kept] = {}
        self._size = 0
        self._writing = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Hashable, version: Hashable) -> Kept | None:
        """The page, if nothing was written since it was made and it is not too old."""
        kept = self._pages.get(key)
        if kept is None or kept.version != version or kept.until < time.monotonic():
            return None
        return kept

    def put(self, key: Hashable, page: Kept) -> None:
        """Keep a page."""
        with self._writing:
            if self._size > MOST_KEPT:
                self.clear()
            self._size += len(page.body) + 1024
            self._pages[key] = page

    def clear(self) -> None:
        """Keep nothing."""
        self._pages.clear()
        self._size = 0


class Asked(NamedTuple):
    """What a page depends on; the shelf of visitors must not give way to those signed in."""

    key: Hashable
    by_session: bool


class WholePages:
    """The program behind two shelves of its own answers."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.program: WSGIApplication = app.wsgi_app
        self.hits = 0
        self.shelves = {by_session: Shelf() for by_session in (False, True)}
        self._watch: Watch | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from the shelf, or from the program."""
        asked = self._asked(environ)
        version = self._version() if asked is not None else None
        if asked is None or version is None:
            return self.program(environ, start_response)
        kept = self.shelves[asked.by_session].get(asked.key, version)
        if kept is None:
            return self._ask(environ, start_response, asked, version)
        self.hits += 1
        return _answer(kept, environ, start_response)

    def _asked(self, environ: WSGIEnvironment) -> Asked | None:
        """What the page depends on; None for what is never kept."""
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_AUTHORIZATION" in environ:
            return None
        if not keeps_pages(self.app):
            return None
        cookies = environ.get("HTTP_COOKIE", "")
        by_session = f"{self.app.config['SESSION_COOKIE_NAME']}=" in cookies
        chosen = [part for part in cookies.replace(" ", "").split(";") if part.startswith(CHOICES)]
        key = (
            cookies if by_session else tuple(sorted(chosen)),
            environ.get("PATH_INFO"),
            environ.get("QUERY_STRING"),
            "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""),
            *map(environ.get, ASKED),
        )
        return Asked(key, by_session)

    def _version(self) -> Hashable | None:
        if self._watch is None:
            with self.app.app_context():
                self._watch = Watch(db.engine)
        return self._watch.now()

    def _ask(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        asked: Asked,
        version: Hashable,
    ) -> Iterable[bytes]:
        """The program's answer, kept when it may be."""
        began: list[Any] = []

        def remember(*args: Any) -> Callable[[bytes], object]:
            began[:] = args
            return lambda _data: None

        answer = self.program(environ, remember)
        status, headers, *error = began
        is_own = any(name.lower() == "set-cookie" for name, _ in headers)
        if not environ.get(_MAY_BE_KEPT) or is_own:
            start_response(status, headers, *error)
            return answer
        body = b"".join(answer)
        close = getattr(answer, "close", None)
        if close is not None:
            close()
        digest = hashlib.blake2b(body[GZIP_HEADER:], digest_size=12).hexdigest()
        etag = f'W/"{digest}"'
        headers = [(n, v) for n, v in headers if n.lower() != "etag"] + [("ETag", etag)]
        kept = Kept(version, time.monotonic() + LONGEST, headers, body, etag)
        self.shelves[asked.by_session].put(asked.key, kept)
        return _answer(kept, environ, start_response)


def _answer(kept: Kept, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The page, or that it has not changed."""
    if kept.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        headers = [(n, v) for n, v in kept.headers if n.lower() not in _NOT_AGAIN]
        start_response("304 NOT MODIFIED", headers)
        return [b""]
    start_response("200 OK", list(kept.headers))
    return [kept.body]


def _mark(response: Response) -> Response:
    """Tell the shelf in front that this answer may be kept."""
    view = current_app.view_functions.get(request.endpoint or "")
    if response.status_code == 200 and getattr(view, "__kept__", False):  # noqa: PLR2004
        request.environ[_MAY_BE_KEPT] = True
    return response


def init_app(app: Flask) -> None:
    """Put the shelf in front of the program. Tests look behind it unless KEEP_PAGES is set."""
    app.config.setdefault("KEEP_PAGES", False)
    app.wsgi_app = WholePages(app)  # type: ignore[method-assign]
    app.after_request(_mark)
