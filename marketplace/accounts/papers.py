"""Uploaded papers: kept by content, handed on as rows that the use case adds."""

from __future__ import annotations

from flask import Response, current_app
from werkzeug.datastructures import FileStorage

from marketplace.accounts.models import StoredFile
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.files import Picture, Store, clean_photo, paper_type, read_limited
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean
from marketplace.web.access import actor
from marketplace.web.forms import send

SUFFIXES = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
}


def store() -> Store:
    """Where this installation keeps its files."""
    return Store(current_app.config["SETTINGS"].files)


def keep(upload: FileStorage | None, field: str = "paper") -> StoredFile | None:
    """Put an uploaded paper into the store and give its row, not yet added; None without one.

    Raises Invalid for what is no PDF or picture, is empty or too large.
    """
    if upload is None or not upload.filename:
        return None
    content = read_limited(upload.stream, field)
    media_type = paper_type(content, field)
    return StoredFile(
        digest=store().put(content),
        media_type=media_type,
        size=len(content),
        label=_label(upload.filename, media_type),
        uploaded_by_id=actor().user_id,
        created_at=clock.now(),
    )


def keep_photo(upload: FileStorage, field: str = "photo") -> Picture:
    """Clean an uploaded photo and keep it in two sizes. Raises Invalid."""
    return clean_photo(store(), read_limited(upload.stream, field), field)


def _label(filename: str, media_type: str) -> str:
    """The user's file name, only as a label: no path, the ending of what it really is."""
    base = filename.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    try:
        base = clean(base)[:80]
    except Unreadable:
        base = ""
    return (base or "giay-to") + SUFFIXES[media_type]


def sent(paper: StoredFile) -> Response:
    """The answer that hands out a paper: a download, never shown as a page of ours."""
    content = store().read(paper.digest)
    if content is None:
        raise NotFound
    return send(content, paper.media_type, name=paper.label, attachment=True)
