"""Files by content: each is kept under the SHA-256 of what it holds, in a folder or in a bucket.

A file is written first, its row second; a file without a row is rubbish that ``core.sweeping``
removes, a row without a file shows a placeholder. User file names are labels, never paths.
``open_store`` is the one place that chooses where files are.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from marketplace.core.errors import Invalid, Unavailable
from marketplace.core.i18n import N_

if TYPE_CHECKING:
    from config import Settings

log = logging.getLogger(__name__)

MAX_BYTES = 12 * 1024 * 1024
DIGEST = re.compile(r"[0-9a-f]{64}")
DRAFT, LEAVING = ".draft", ".leaving"
"""Endings in the folder of what is being written and of what is being removed."""

NOT_NOW = N_(
    "Files cannot be kept or fetched at the moment. Nothing was saved. "
    "Send it again in a few minutes."
)
NO_ROOM = N_(
    "There is no room left for files. Nothing was saved. "
    "Tell your locality's office, then send it again later."
)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Store(ABC):
    """Where files are kept. Raises Unavailable when the place does not answer or is full."""

    def put(self, content: bytes) -> str:
        """Keep ``content``; returns its SHA-256. Writing twice is writing once."""
        digest = hashlib.sha256(content).hexdigest()
        self._keep(digest, content)
        return digest

    def read(self, digest: str) -> bytes | None:
        """The content with this SHA-256; None when it is gone, or is no longer what was kept."""
        content = self._fetch(digest)
        if content is not None and hashlib.sha256(content).hexdigest() != digest:
            log.error("file %s is damaged", digest)
            return None
        return content

    @abstractmethod
    def older_than(self, before: datetime) -> Iterator[str]:
        """The SHA-256 of every content that was last put before this moment."""

    @abstractmethod
    def remove(self, digest: str, before: datetime) -> bool:
        """Remove a content, unless it was put again since ``before``; whether it went."""

    def tidy(self, _before: datetime) -> None:
        """Remove what processes that were killed left half done; a bucket has nothing such."""
        return

    @abstractmethod
    def _keep(self, digest: str, content: bytes) -> None: ...

    @abstractmethod
    def _fetch(self, digest: str) -> bytes | None: ...


def open_store(settings: Settings) -> Store:
    """The store that the settings name: a bucket, or the folder of the instance."""
    if settings.files_url:
        from marketplace.core.s3 import open_bucket  # half a second, only where it is used

        return open_bucket(settings)
    return FolderStore(settings.files)


class FolderStore(Store):
    """A folder; each content appears there whole or not at all, and survives a power cut."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the content with this SHA-256 stands."""
        return self.folder / digest[:2] / digest

    def older_than(self, before: datetime) -> Iterator[str]:
        """Everything named by a SHA-256, by the time of its last put."""
        for path in self._all():
            if DIGEST.fullmatch(path.name) and _put_at(path) < before:
                yield path.name

    def remove(self, digest: str, before: datetime) -> bool:
        """Take the file aside first: whoever puts it from then on finds none and writes it anew."""
        path = self.path(digest)
        aside = path.with_name(digest + LEAVING)
        with _reachable():
            try:
                path.rename(aside)
            except FileNotFoundError:
                return False
            if _put_at(aside) >= before:
                aside.rename(path)
                return False
            aside.unlink()
        return True

    def tidy(self, before: datetime) -> None:
        """Remove old drafts, and what was taken aside and stayed there."""
        for path in self._all():
            if path.suffix in {DRAFT, LEAVING} and _put_at(path) < before:
                path.unlink(missing_ok=True)

    def _all(self) -> Iterator[Path]:
        with _reachable():
            yield from self.folder.glob("??/*")

    def _keep(self, digest: str, content: bytes) -> None:
        target = self.path(digest)
        with _reachable():
            if not _touch(target, len(content)):
                _write(target, content)

    def _fetch(self, digest: str) -> bytes | None:
        with _reachable():
            try:
                return self.path(digest).read_bytes()
            except FileNotFoundError:
                return None


@contextmanager
def _reachable() -> Iterator[None]:
    """Turn what the file system refuses into Unavailable; the log says what it was."""
    try:
        yield
    except OSError as error:
        log.exception("the folder of files cannot be used")
        raise Unavailable(NO_ROOM if is_full(error) else NOT_NOW) from error


def _put_at(path: Path) -> datetime:
    """When a content was last put; one that vanished meanwhile counts as put just now."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.max.replace(tzinfo=UTC)


def _touch(path: Path, size: int) -> bool:
    """Mark a content that is there as put just now; False when it is not, or is cut short."""
    try:
        os.utime(path)
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _write(target: Path, content: bytes) -> None:
    """Write beside the target, sync, rename, and sync the names."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=DRAFT)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    for folder in (target.parent, target.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def is_full(error: OSError) -> bool:
    """Whether a disk or a quota has no room left."""
    return error.errno in _FULL


def read_limited(stream: IO[bytes], field: str) -> bytes:
    """All bytes of an upload; raises Invalid when there are none or too many."""
    content = stream.read(MAX_BYTES + 1)
    if not content:
        raise Invalid(field, N_("The file is empty. Choose it again."))
    if len(content) > MAX_BYTES:
        raise Invalid(field, N_("The file is larger than 12 MB. Choose a smaller one."))
    return content
