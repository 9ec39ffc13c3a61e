"""The two hundred files at the doors themselves: what is taken, what is refused, what is left."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from PIL import Image

from marketplace.core.documents import read_paper
from marketplace.core.errors import Invalid
from marketplace.core.files import FolderStore, read_limited
from marketplace.core.photos import clean_photo
from tests.files.corpus import SCRIPT, cases

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")
"""Pillow's warnings about broken metadata are not news here."""

SECRETS = (SCRIPT, b"BiMat", b"Exif", b"GPS", b"XMP", b"xmpmeta", b"ICCP", b"<svg", b"PK\x03\x04")
SECONDS = 3.0
"""Of processor time, however busy the machine is."""


def kept_of(door: str, content: bytes, store: FolderStore) -> list[bytes]:
    """What the store would hold of a file, by the door it comes through."""
    content = read_limited(io.BytesIO(content), "paper")
    if door == "photo":
        found = clean_photo(store, content)
        return [store.read(found.card) or b"", store.read(found.page) or b""]
    return [read_paper(content, documents=door == "document").content]


@pytest.mark.parametrize("door", ["photo", "paper", "document"])
def test_what_is_taken_and_what_is_refused(door: str, tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    faults = []
    for case in cases():
        content = case.make()
        begun = time.process_time()
        try:
            kept = kept_of(door, content, store)
        except Invalid as error:
            if case.is_taken(door):
                faults.append(f"{case.name}: refused with {error.text}")
            continue
        finally:
            if time.process_time() - begun > SECONDS:
                faults.append(f"{case.name}: {time.process_time() - begun:.1f} s")
        if case.is_taken(door) is False:
            faults.append(f"{case.name}: taken")
        for made in kept:
            if made.startswith((b"RIFF", b"\xff\xd8")):
                faults += [f"{case.name}: keeps {s!r}" for s in SECRETS if s in made]
                assert not Image.open(io.BytesIO(made)).info.keys() & {"exif", "xmp", "comment"}
            elif not made.startswith((b"%PDF-", b"PK\x03\x04")):
                faults.append(f"{case.name}: keeps {made[:20]!r}")
    assert not faults, "\n".join(faults)
