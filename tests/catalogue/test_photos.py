"""Photos: cleaned, refused, served only to those who may see the listing."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from marketplace.catalogue import services
from marketplace.catalogue.models import Listing
from marketplace.core.db import db
from tests.page import Browser
from tests.world import World

Browse = Callable[..., Browser]


def jpeg(size: tuple[int, int] = (1600, 1200), *, exif: bool = False, kind: str = "JPEG") -> bytes:
    image = Image.radial_gradient("L").resize(size).convert("RGB")  # compresses well
    out = io.BytesIO()
    if exif:
        data = Image.Exif()
        data[0x010F] = "MayAnhBiMat"  # maker
        data[0x0112] = 6  # lies on its side
        data.get_ifd(0x8825)[2] = (15.0, 53.0, 20.0)  # latitude
        image.save(out, kind, exif=data, comment=b"<script>alert(1)</script>")
    else:
        image.save(out, kind)
    return out.getvalue()


def bomb(side: int = 13_000) -> bytes:
    """A PNG of 169 million pixels in a few kilobytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
REFUSED = {
    "svg": SVG,
    "html": b"<!doctype html><script>alert(1)</script>",
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
    "pdf": b"%PDF-1.7\n1 0 obj<</JS(app.alert(1))>>endobj",
    "empty": b"",
    "text": "Đẳng sâm".encode(),
    "truncated": jpeg()[: len(jpeg()) // 2],
    "only a header": jpeg()[:24],
    "bomb": bomb(),
}


def upload(
    browser: Browser, listing: Listing, *files: tuple[bytes, str], status: int = 303, **data: str
) -> None:
    browser.get(f"/ban-hang/{listing.public_id}")
    sent = {"alt": "Củ sâm mới rửa"} | data
    sent["photo"] = [(io.BytesIO(content), name) for content, name in files]
    browser.submit(
        sent, action="/anh", status=status, follow=False, content_type="multipart/form-data"
    )


@pytest.fixture
def draft(world: World) -> Listing:
    return world.draft()


def test_several_photos_are_kept_clean_and_small(draft: Listing, browse: Browse) -> None:
    coop = browse("coop")
    upload(
        coop,
        draft,
        (jpeg(exif=True), "IMG_0001.jpg"),
        (jpeg(kind="PNG"), "../../b.png"),
        (jpeg(kind="WEBP"), "c.webp"),
    )
    assert len(draft.photos) == 3
    assert draft.photos[0].alt == "Củ sâm mới rửa"
    assert draft.photos[0].height > draft.photos[0].width  # turned upright
    for photo in draft.photos:
        for size, widest in (("card", 480), ("page", 1280)):
            answer = coop.client.get(f"/anh/{photo.public_id}/{size}.webp")
            assert answer.mimetype == "image/webp"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            picture = Image.open(io.BytesIO(answer.data))
            assert picture.format == "WEBP"
            assert max(picture.size) <= widest
            assert not picture.getexif()
            assert "exif" not in picture.info
            for secret in (b"MayAnhBiMat", b"<script>", b"Exif", b"GPS"):
                assert secret not in answer.data
            if size == "card":
                assert len(answer.data) <= 22 * 1024


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_photo_is_refused_in_words(
    draft: Listing, browse: Browse, app: Flask, kind: str
) -> None:
    coop = browse("coop", "en")
    before = sum(1 for f in app.config["SETTINGS"].files.rglob("*") if f.is_file())
    upload(coop, draft, (REFUSED[kind], "anh.jpg"), status=422)
    assert any(
        words in coop.text
        for words in ("not a photo we can read", "too many pixels", "file is empty")
    )
    assert draft.photos == []
    assert sum(1 for f in app.config["SETTINGS"].files.rglob("*") if f.is_file()) == before


def test_one_bad_photo_among_good_ones_is_named_and_none_is_added(
    draft: Listing, browse: Browse
) -> None:
    coop = browse("coop", "en")
    upload(coop, draft, (jpeg(), "tot.jpg"), (SVG, "C:\\anh\\<b>hong.svg"), status=422)
    assert "hong" in coop.text
    assert "<b>hong" not in coop.response.get_data(as_text=True)
    assert draft.photos == []


def test_nothing_chosen_and_too_many(draft: Listing, browse: Browse) -> None:
    coop = browse("coop", "en")
    coop.get(f"/ban-hang/{draft.public_id}")
    coop.submit({"alt": "x"}, action="/anh", status=422)
    assert "Choose at least one photo" in coop.text
    small = jpeg((60, 40))
    upload(coop, draft, *[(small, f"{n}.jpg") for n in range(9)], status=422)
    upload(coop, draft, *[(small, f"{n}.jpg") for n in range(8)])
    upload(coop, draft, (small, "9.jpg"), status=422)
    assert "at most 8 photos" in coop.text
    assert len(draft.photos) == 8


def test_a_photo_of_a_draft_is_for_those_who_see_the_draft(
    draft: Listing, browse: Browse, client: FlaskClient
) -> None:
    upload(browse("coop"), draft, (jpeg((300, 200)), "a.jpg"))
    path = f"/anh/{draft.photos[0].public_id}/card.webp"
    for who, status in (
        (None, 404),
        ("hotel", 404),
        ("other_coop", 404),
        ("ward_official_1", 404),
        ("official_2", 200),
        ("coop", 200),
    ):
        answer = browse(who).client.get(path)
        assert answer.status_code == status, who
        if status == 200:
            assert "public" not in answer.headers["Cache-Control"]


def test_a_public_photo_may_be_kept_and_is_not_sent_twice(
    world: World, draft: Listing, browse: Browse, client: FlaskClient
) -> None:
    upload(browse("coop"), draft, (jpeg((300, 200)), "a.jpg"))
    services.submit(world.actor("coop"), draft.public_id)
    services.turn_key(world.actor("official_1"), draft.public_id)
    path = f"/anh/{draft.photos[0].public_id}/page.webp"
    first = client.get(path)
    assert first.status_code == 200
    assert "public" in first.headers["Cache-Control"]
    assert "max-age=" in first.headers["Cache-Control"]
    assert "Set-Cookie" not in first.headers
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    for wrong in (
        "/anh/bbbbbbbbbb/card.webp",
        path.replace("page", "huge"),
        path.replace(".webp", ".svg"),
    ):
        assert client.get(wrong).status_code == 404
    assert draft.photos[0].alt in client.get(draft.path).get_data(as_text=True)


def test_a_lost_file_shows_the_drawing(
    world: World, draft: Listing, browse: Browse, app: Flask, client: FlaskClient
) -> None:
    upload(browse("coop"), draft, (jpeg((310, 200)), "a.jpg"))
    services.submit(world.actor("coop"), draft.public_id)
    services.turn_key(world.actor("official_1"), draft.public_id)
    photo = draft.photos[0]
    (app.config["SETTINGS"].files / photo.card[:2] / photo.card).unlink()
    answer = client.get(f"/anh/{photo.public_id}/card.webp", follow_redirects=True)
    answer.close()
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"


def test_removing_a_photo(world: World, draft: Listing, browse: Browse) -> None:
    coop = browse("coop")
    upload(coop, draft, (jpeg((300, 200)), "a.jpg"), (jpeg((200, 300)), "b.jpg"))
    first = draft.photos[0].public_id
    path = f"/ban-hang/{draft.public_id}/anh/{first}/bo"
    browse("hotel").get(path, 404)
    coop.get(path)
    coop.submit(action="/bo")
    db.session.expire_all()
    assert [p.public_id for p in draft.photos] != [first]
    assert len(draft.photos) == 1
    coop.get(path, 404)
    services.submit(world.actor("coop"), draft.public_id)
    coop.post(f"/ban-hang/{draft.public_id}/anh/{draft.photos[0].public_id}/bo", status=409)
    assert len(draft.photos) == 1


def test_photos_of_what_one_records_for_someone(
    village: World, recorded: Listing, browse: Browse
) -> None:
    upload(browse("official_1"), recorded, (jpeg((300, 200)), "a.jpg"))
    assert len(recorded.photos) == 1
    # someone else has not spoken with the household: the page asks how they know
    upload(browse("coop", "en"), recorded, (jpeg((300, 200)), "b.jpg"), status=422)
    upload(browse("coop", "en"), recorded, (jpeg((300, 200)), "b.jpg"), acting_how="visit")
    assert len(recorded.photos) == 2


def test_more_than_fourteen_megabytes_get_a_page(draft: Listing, browse: Browse) -> None:
    coop = browse("coop")
    coop.get(f"/ban-hang/{draft.public_id}")
    answer = coop.client.post(
        f"/ban-hang/{draft.public_id}/anh",
        data=b"\xff" * 15 * 1024 * 1024,
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "<h1>" in answer.get_data(as_text=True)
    assert draft.photos == []


def test_photos_are_described_and_put_in_order(
    world: World, draft: Listing, browse: Browse
) -> None:
    coop = browse("coop", "en")
    here = f"/ban-hang/{draft.public_id}/anh/sap-xep"
    coop.get(here, 404)  # there is no photo yet
    upload(coop, draft, *[(jpeg((60 + n, 40)), f"{n}.jpg") for n in range(3)])
    a, b, c = (photo.public_id for photo in draft.photos)

    def stands() -> list[tuple[str, str]]:
        db.session.expire_all()
        return [(photo.public_id, photo.alt) for photo in draft.photos]

    def send(move: str = "", status: int = 303, **words: str) -> None:
        coop.get(here)
        coop.submit(words | ({"move": move} if move else {}), action="/sap-xep", status=status)

    coop.get(f"/ban-hang/{draft.public_id}")
    assert here in [tag.get("href") for _, tag in coop.page.tags]
    send(f"front {c}", **{"alts-0": "Rễ", "alts-2": "Lá  non"})
    assert stands() == [(c, "Lá non"), (a, "Rễ"), (b, "Củ sâm mới rửa")]
    assert coop.path == here
    send(f"up {b}")
    assert [photo for photo, _ in stands()] == [c, b, a]
    for harmless in (f"up {c}", "front bbbbbbbbbb", "down x", "front"):
        send(harmless)
        assert [photo for photo, _ in stands()] == [c, b, a], harmless
    send("", 422, **{"alts-1": "  "})
    assert "Say what the photo shows" in coop.text
    assert [photo.position for photo in draft.photos] == [1, 2, 3]
    # someone removed one meanwhile
    coop.get(here)
    services.remove_photo(world.actor("coop"), draft.public_id, b)
    coop.submit({"alts-0": "Sai"}, action="/sap-xep", status=409)
    assert [photo for photo, _ in stands()] == [c, a]
    assert "Sai" not in dict(stands()).values()
    services.submit(world.actor("coop"), draft.public_id)
    coop.post(here, {"alts-0": "Muộn", "alts-1": "Muộn"}, status=409)
    assert "Muộn" not in dict(stands()).values()
    browse("hotel").get(here, 404)


def test_the_photos_of_what_one_records_are_described_with_its_word(
    village: World, recorded: Listing, browse: Browse
) -> None:
    upload(browse("official_1"), recorded, (jpeg((300, 200)), "a.jpg"))
    coop = browse("coop", "en")
    coop.get(f"/ban-hang/{recorded.public_id}/anh/sap-xep")
    coop.submit({"alts-0": "Ruộng"}, action="/sap-xep", status=422)
    coop.submit({"alts-0": "Ruộng", "acting_how": "visit"}, action="/sap-xep")
    assert recorded.photos[0].alt == "Ruộng"
