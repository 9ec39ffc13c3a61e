"""Files on the pages: a store that is away or full, what is handed out, what is swept."""

from __future__ import annotations

import io
import os
import resource
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import FileStorage

from marketplace import cli
from marketplace.accounts import papers
from marketplace.accounts.models import StoredFile
from marketplace.catalogue import services
from marketplace.catalogue.models import Listing, Photo
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.documents import EXCEL, JPEG, PDF, WORD
from marketplace.core.errors import Invalid
from marketplace.core.files import FolderStore
from marketplace.core.sweeping import KEPT_FOR, sweep
from tests.files.corpus import NAMES, office, pdf, picture
from tests.page import Browser
from tests.s3_server import S3
from tests.world import World

Browse = Callable[..., Browser]


@pytest.fixture
def kept(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderStore:
    """The application's store, empty and of this test alone."""
    made = FolderStore(tmp_path / "kept")
    monkeypatch.setitem(app.extensions, "files", made)
    return made


def files(store: FolderStore) -> set[str]:
    return {path.name for path in store.folder.rglob("*") if path.is_file()}


def upload(browser: Browser, listing: Listing, content: bytes, status: int = 303) -> None:
    browser.get(f"/ban-hang/{listing.public_id}")
    browser.submit(
        {"alt": "Củ sâm", "photo": (io.BytesIO(content), "a.jpg")},
        action="/anh",
        status=status,
        follow=False,
        content_type="multipart/form-data",
    )


def rows() -> tuple[int, int]:
    count = sa.select(sa.func.count())
    return tuple(db.session.scalar(count.select_from(t)) or 0 for t in (Photo, StoredFile))


# ---------------------------------------------------------------- away, full, back again


def test_a_dead_bucket_refuses_uploads_in_words_and_pages_show_the_drawing(
    app: Flask, world: World, browse: Browse, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.core.s3.PAUSE_SECONDS", 0.3)
    store = s3.store()
    monkeypatch.setitem(app.extensions, "files", store)
    draft, coop = world.draft(), browse("coop", "en")
    upload(coop, draft, picture())
    assert len(s3.keys()) == 2
    photo = f"/anh/{draft.photos[0].public_id}/card.webp"
    services.submit(world.actor("coop"), draft.public_id)
    services.turn_key(world.actor("official_1"), draft.public_id)
    assert browse().client.get(photo).mimetype == "image/webp"
    other, before = world.draft(title="Gừng"), rows()

    s3.kill()
    begun = time.monotonic()
    upload(coop, other, picture(), status=503)
    assert "Files cannot be kept or fetched at the moment" in coop.text
    assert coop.response.headers["Retry-After"]
    assert rows() == before
    browse().get(draft.path)
    for _ in range(12):
        answer = browse().client.get(photo)
        assert answer.status_code == 302
        assert answer.headers["Location"].partition("?")[0].endswith(".svg")
    assert time.monotonic() - begun < 10

    s3.start()
    time.sleep(0.4)
    upload(coop, other, picture())
    assert browse().client.get(photo).status_code == 200  # the same photo, so this one is back too


def test_a_folder_that_cannot_be_written_refuses_in_words(
    app: Flask, world: World, browse: Browse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "files").write_text("not a folder")
    monkeypatch.setitem(app.extensions, "files", FolderStore(tmp_path / "files"))
    coop, draft = browse("coop", "en"), world.draft()
    before = rows()
    upload(coop, draft, picture(), status=503)
    assert "Nothing was saved" in coop.text
    assert "Củ sâm" in coop.response.get_data(as_text=True)  # what was typed is still there
    assert rows() == before


def test_no_room_for_the_upload_itself(
    app: Flask, world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large upload waits in a temporary file, which needs room as well."""
    coop, draft = browse("coop", "en"), world.draft()
    coop.get(f"/ban-hang/{draft.public_id}")
    body = (
        b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
        + bytes(4_000_000)
        + b"\r\n--x--\r\n"
    )
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
        answer = coop.client.post(
            f"/ban-hang/{draft.public_id}/anh",
            data=body,
            content_type="multipart/form-data; boundary=x",
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert answer.status_code == 503
    assert "There is no room left for files" in answer.get_data(as_text=True)
    assert draft.photos == []


# ---------------------------------------------------------------- papers


def keep(app: Flask, name: str, content: bytes, *, documents: bool = True) -> StoredFile:
    with app.test_request_context():
        upload = FileStorage(io.BytesIO(content), filename=name)
        paper = papers.keep(upload, "paper", documents=documents)
    assert paper is not None
    return paper


@pytest.mark.parametrize(
    ("make", "media_type", "label"),
    [
        (pdf, PDF, "hợp đồng.pdf"),
        (office, WORD, "hợp đồng.docx"),
        (lambda: office("xlsx"), EXCEL, "hợp đồng.xlsx"),
        (picture, JPEG, "hợp đồng.jpg"),
        (lambda: picture("PNG"), JPEG, "hợp đồng.jpg"),
        (lambda: picture("WEBP"), JPEG, "hợp đồng.jpg"),
        (lambda: picture("MPO"), JPEG, "hợp đồng.jpg"),
    ],
)
def test_papers_are_what_they_hold_and_only_ever_downloads(
    app: Flask, kept: FolderStore, make: Callable[[], bytes], media_type: str, label: str
) -> None:
    paper = keep(app, "C:\\giay to\\hợp đồng.html", make())
    assert (paper.media_type, paper.label) == (media_type, label)
    assert paper.size == len(kept.read(paper.digest) or b"")
    with app.test_request_context():
        answer = app.process_response(papers.sent(paper))
    assert answer.mimetype == media_type
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_word_and_excel_only_where_documents_are_asked_for(app: Flask, kept: FolderStore) -> None:
    for kind in ("docx", "xlsx"):
        with pytest.raises(Invalid) as refused:
            keep(app, f"giay.{kind}", office(kind), documents=False)
        assert "PDF" in str(refused.value.text)
    assert files(kept) == set()


def test_what_openpyxl_writes_is_an_excel_file(app: Flask, kept: FolderStore) -> None:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    book.active.append(["Tên", "Giá"])
    book.save(out)
    assert keep(app, "bang.xlsx", out.getvalue()).media_type == EXCEL


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_name_is_only_a_label(app: Flask, kept: FolderStore, name: bytes) -> None:
    told = name.decode("utf-8", "replace")
    label = keep(app, told, pdf()).label
    assert label.endswith(".pdf")
    assert 5 <= len(label) <= 84
    assert not set(label) & set("/\\\0\r\n\t\x1b\u202e\u2067\u200b\ufeff\ufffd")
    assert not label.startswith((".", " "))
    assert {len(file) for file in files(kept)} == {64}


def test_without_a_name_there_is_no_file(app: Flask) -> None:
    with app.test_request_context():
        assert papers.keep(FileStorage(io.BytesIO(b"x"), filename=""), "paper") is None
        assert papers.keep(None) is None


# ---------------------------------------------------------------- sweeping


def put_aged(store: FolderStore, content: bytes, hours: float) -> str:
    """A content that was put so many hours ago, by the clock of the test."""
    digest = store.put(content)
    at = (clock.now() - timedelta(hours=hours)).timestamp()
    os.utime(store.path(digest), (at, at))
    return digest


def test_what_no_row_refers_to_goes_after_a_day(
    app: Flask, world: World, kept: FolderStore, browse: Browse
) -> None:
    draft = world.draft()
    upload(browse("coop"), draft, picture())
    paper = keep(app, "a.pdf", pdf())
    db.session.add(paper)
    db.session.commit()
    referred = {draft.photos[0].card, draft.photos[0].page, paper.digest}
    assert files(kept) == referred
    for digest in referred:
        os.utime(kept.path(digest), (0, 0))
    old, young = put_aged(kept, b"old", 25), put_aged(kept, b"young", 23)
    runner = app.test_cli_runner()
    assert "1 files removed" in runner.invoke(args=["sweep-files"]).output
    assert files(kept) == referred | {young}
    assert "0 files removed" in runner.invoke(args=["sweep-files"]).output
    # what a person removes is rubbish from then on
    services.remove_photo(world.actor("coop"), draft.public_id, draft.photos[0].public_id)
    assert "2 files removed" in runner.invoke(args=["sweep-files"]).output
    assert files(kept) == {paper.digest, young}
    assert old not in files(kept)


def test_a_store_that_no_row_knows_is_left_alone(
    app: Flask, world: World, kept: FolderStore, caplog: pytest.LogCaptureFixture
) -> None:
    put_aged(kept, b"someone else's", 100)
    assert sweep(kept, clock.now() - KEPT_FOR) == 0
    assert len(files(kept)) == 1
    assert "nothing was removed" in caplog.text


def test_a_bucket_is_swept_as_well(app: Flask, world: World, s3: S3) -> None:
    store = s3.store()
    used, unused = store.put(b"used"), store.put(b"unused")
    for _ in range(2):
        row = {"digest": used, "media_type": PDF, "size": 4, "label": "a.pdf"}
        db.session.add(StoredFile(**row, created_at=clock.now()))
    db.session.commit()
    ahead = clock.now() + timedelta(days=400)  # the service's clock is the real one
    assert sweep(store, ahead) == 1
    assert store.read(used) == b"used"
    assert store.read(unused) is None
    assert sweep(store, ahead) == 0


def test_the_clock_sweeps_once_a_day(app: Flask, world: World, kept: FolderStore) -> None:
    db.session.add(
        StoredFile(
            digest=put_aged(kept, b"used", 30),
            media_type=PDF,
            size=4,
            label="a.pdf",
            created_at=clock.now(),
        )
    )
    db.session.commit()
    put_aged(kept, b"first", 30)
    cli.sweep_files()
    assert len(files(kept)) == 1
    put_aged(kept, b"second", 30)
    cli.sweep_files()
    assert len(files(kept)) == 2
    with clock.at(clock.now() + timedelta(hours=24)):
        cli.sweep_files()
    assert len(files(kept)) == 1


def test_a_row_without_its_file_is_no_fault(
    app: Flask, world: World, kept: FolderStore, browse: Browse
) -> None:
    draft, coop = world.draft(), browse("coop")
    upload(coop, draft, picture())
    for digest in files(kept):
        kept.path(digest).unlink()
    answer = coop.client.get(f"/anh/{draft.photos[0].public_id}/page.webp")
    assert answer.status_code == 302
    coop.get(f"/ban-hang/{draft.public_id}")
