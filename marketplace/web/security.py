"""Headers on every answer, cookies, limits of size, and a session that survives a skewed clock."""

from __future__ import annotations

import contextlib
from typing import IO, Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings

FORM_BYTES = 1024 * 1024
UPLOAD_BYTES = 14 * 1024 * 1024
CHOICE_KEPT = 365 * 86400

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class UploadingRequest(Request):
    """A request that knows its temporary files, also those of a form it gave up reading."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spooled: list[IO[bytes]] = []

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*args, **kwargs)
        self.spooled.append(stream)
        return stream

    def close(self) -> None:
        """Close them all; what a full disk did not take is lost anyway."""
        super().close()
        for stream in self.spooled:
            with contextlib.suppress(OSError):
                stream.close()


class SessionInterface(SecureCookieSessionInterface):
    """Flask's signed cookie without its age check: ends are kept in the ``sign_in`` rows."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie; a wrong signature is an empty session."""
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        value = request.cookies.get(self.get_cookie_name(app))
        if not value:
            return self.session_class()
        try:
            payload: Any = serializer.loads(value)
        except BadSignature:
            return self.session_class()
        return self.session_class(payload)


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", current_app.config["CSP"])
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
    if response.status_code == 503:  # noqa: PLR2004
        headers.setdefault("Retry-After", "5")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "private, no-cache")
        response.vary.update(("Cookie",))
    return response


def init_app(app: Flask, settings: Settings) -> None:
    """Set cookies, sizes, headers, and trust exactly the proxies the settings name."""
    tiles = f"; img-src {settings.tiles_host} " if settings.map_tiles_url else "; img-src "
    prefix = "__Host-" if settings.is_https else ""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        CSP=CSP.replace("; img-src ", tiles),
        SESSION_COOKIE_NAME=f"{prefix}session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        MAX_FORM_PARTS=400,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=True,
    )
    app.request_class = UploadingRequest
    app.session_interface = SessionInterface()
    app.before_request(_let_uploads_in)
    app.after_request(_headers)
    app.teardown_request(_close_uploads)
    if settings.proxies:
        n = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]


def _let_uploads_in() -> None:
    """Let requests to views that take files be larger.

    Decided before anything reads the form, and the check of its CSRF token does so first.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "__uploads__", False):
        request.max_content_length = UPLOAD_BYTES


def _close_uploads(_error: BaseException | None) -> None:
    """Large uploads lie in temporary files; they go when the request ends."""
    request.close()


def safe_next(target: object, default: str) -> str:
    """A path on this site to go on to, else ``default``; never another site, nor a file."""
    if (
        isinstance(target, str)
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and target.isprintable()
        and "\\" not in target
    ):
        return target
    return default


def came_from() -> str:
    """The page of this site from which a request came; empty when nobody says, or of another."""
    came = urlsplit(request.referrer or "")
    if came.netloc != request.host:
        return ""
    return safe_next(f"{came.path}?{came.query}" if came.query else came.path, "")


def keep_choice(response: Response, name: str, value: str | None) -> None:
    """Keep a visitor's choice (language, appearance) in a cookie for a year; None forgets it."""
    if value is None:
        response.delete_cookie(name, path="/", samesite="Lax")
        return
    response.set_cookie(
        name,
        value,
        max_age=CHOICE_KEPT,
        path="/",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def client_address() -> str:
    """The network address that asks, as the trusted proxies tell it."""
    return request.remote_addr or "unknown"
