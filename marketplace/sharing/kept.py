"""Preview pictures kept on the disk under the digest of what they show; the oldest go first."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

MOST = 2_000
"""Pictures kept: about 200 MB."""
FEWER = MOST * 9 // 10
"""How many stay when the folder is full, so that it is not looked through at every picture."""


class Kept:
    """A folder of files that can all be made again: losing one costs time only."""

    def __init__(self, folder: Path, most: int = MOST, fewer: int = FEWER) -> None:
        self.folder = folder
        self.most = most
        self.fewer = fewer

    def get(self, digest: str, make: Callable[[], bytes]) -> bytes:
        """The file of this digest, made now where there is none. A full disk keeps nothing."""
        path = self.folder / f"{digest}.png"
        with contextlib.suppress(OSError):
            content = path.read_bytes()
            os.utime(path)
            return content
        content = make()
        try:
            self._write(path, content)
            self._tidy()
        except OSError:
            log.warning("a preview picture could not be kept", exc_info=True)
        return content

    def _write(self, path: Path, content: bytes) -> None:
        """Whole or not at all, also when two processes draw the same picture."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".draft")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _tidy(self) -> None:
        with os.scandir(self.folder) as found:
            entries = [entry for entry in found if entry.name.endswith(".png")]
        if len(entries) <= self.most:
            return
        ages: list[tuple[float, str]] = []
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                ages.append((entry.stat().st_mtime, entry.path))
        for _age, path in sorted(ages)[: len(ages) - self.fewer]:
            Path(path).unlink(missing_ok=True)
