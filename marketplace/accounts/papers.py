"""Uploaded papers: kept by content, handed on as rows that the use case adds."""

from __future__ import annotations

from flask import Response, current_app
from werkzeug.datastructures import FileStorage

from marketplace.accounts.models import StoredFile
from marketplace.core import clock
from marketplace.core.documents import SUFFIXES, read_paper
from marketplace.core.errors import NotFound, Unavailable
from marketplace.core.files import Store, read_limited
from marketplace.core.parsing import Unreadable
from marketplace.core.photos import Picture, clean_photo
from marketplace.core.text import clean
from marketplace.web.access import actor
from marketplace.web.forms import send


def store() -> Store:
    """Where this installation keeps its files: for views, commands and the worker alike."""
    found: Store = current_app.extensions["files"]
    return found


def keep(
    upload: FileStorage | None, field: str = "paper", *, documents: bool = False
) -> StoredFile | None:
    """Put an uploaded paper into the store and give its row, not yet added; None without one.

    A PDF or a photographed paper, with ``documents`` also a Word or Excel file. Raises Invalid for
    anything else and for what is empty, damaged or too large; Unavailable without a store.
    """
    if not isinstance(upload, FileStorage) or not upload.filename:  # or the file there was
        return None
    paper = read_paper(read_limited(upload.stream, field), field, documents=documents)
    return StoredFile(
        digest=store().put(paper.content),
        media_type=paper.media_type,
        size=len(paper.content),
        label=_label(upload.filename, paper.media_type),
        uploaded_by_id=actor().user_id,
        created_at=clock.now(),
    )


def keep_photo(upload: FileStorage, field: str = "photo") -> Picture:
    """Clean an uploaded photo and keep it in two sizes. Raises Invalid, Unavailable."""
    return clean_photo(store(), read_limited(upload.stream, field), field)


def shown(digest: str) -> bytes | None:
    """A photo's content; None where a drawing has to stand in for it."""
    try:
        return store().read(digest)
    except Unavailable:
        return None


def _label(filename: str, media_type: str) -> str:
    """The user's file name, only as a label: no path, the ending of what it really is."""
    base = filename.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    try:
        base = clean(base[:300])[:80].strip(" .")
    except Unreadable:
        base = ""
    return (base or "giay-to") + SUFFIXES[media_type]


def sent(paper: StoredFile) -> Response:
    """The answer that hands out a paper: a download, never shown as a page of ours."""
    content = store().read(paper.digest)
    if content is None:
        raise NotFound
    return send(content, paper.media_type, name=paper.label, attachment=True)
