"""Sending e-mail: by SMTP, or as files to read in the browser while there is no mail server."""

from __future__ import annotations

import contextlib
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

TIMEOUT = 20
"""Seconds until a silent mail server counts as down."""


class SendLaterError(Exception):
    """The mail server is away or asks to wait: try again."""


class RefusedError(Exception):
    """The mail server says no for good."""


class NothingToTellError(Exception):
    """What a mail was to tell is gone by now: it is not sent, and nobody misses it."""


@dataclass(frozen=True, slots=True)
class Files:
    """Mails kept as files. The name is the delivery's, so sending twice keeps one."""

    folder: Path

    def send(self, message: EmailMessage, name: str) -> None:
        """Write the mail whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{name}"
        draft.write_bytes(bytes(message))
        draft.replace(self.folder / f"{name}.eml")


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server: ``smtp://`` (STARTTLS when offered) or ``smtps://``."""

    url: str

    def send(self, message: EmailMessage, name: str) -> None:  # noqa: ARG002  same shape as Files
        """Hand the mail over. Raises SendLaterError or RefusedError."""
        try:
            self._send(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = max(answer[0] for answer in error.recipients.values())
            raise (RefusedError if code >= 500 else SendLaterError)(str(error)) from error  # noqa: PLR2004
        except smtplib.SMTPResponseException as error:
            permanent = error.smtp_code >= 500  # noqa: PLR2004
            raise (RefusedError if permanent else SendLaterError)(str(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise SendLaterError(str(error)) from error

    def _send(self, message: EmailMessage) -> None:
        parts = urlsplit(self.url)
        secure = parts.scheme == "smtps"
        kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
        port = parts.port or (465 if secure else 25)
        server = kind(parts.hostname or "localhost", port, timeout=TIMEOUT)
        try:
            if not secure and server.has_extn("starttls"):
                server.starttls()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
        finally:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()  # once it was taken, an unfriendly goodbye changes nothing
            server.close()


def channel(smtp_url: str, folder: Path) -> Files | Smtp:
    """The channel the settings ask for."""
    return Smtp(smtp_url) if smtp_url else Files(folder)
