"""Both kinds of stores: a folder, and a bucket of a real S3 server in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.core.files import FolderStore, Store
from tests.s3_server import S3, s3_server


@pytest.fixture(scope="session")
def running_s3() -> Iterator[S3]:
    """One server for all tests of a process."""
    with s3_server() as server:
        yield server


@pytest.fixture
def s3(running_s3: S3) -> Iterator[S3]:
    """The server with an empty bucket; running again, whatever a test did to it."""
    yield running_s3
    if running_s3.process is None:
        running_s3.start()
    running_s3.empty()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store of either kind, empty."""
    if request.param == "folder":
        return FolderStore(tmp_path / "files")
    return request.getfixturevalue("s3").store()
