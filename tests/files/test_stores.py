"""What a store of files promises, held by a folder and by a bucket alike."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import Settings
from marketplace.core import clock
from marketplace.core import s3 as buckets
from marketplace.core.errors import Unavailable
from marketplace.core.files import DIGEST, NO_ROOM, NOT_NOW, FolderStore, Store, open_store
from tests.s3_server import S3

AHEAD = timedelta(hours=1)


def later() -> datetime:
    return clock.now() + AHEAD


def holds(store: Store) -> list[str]:
    return sorted(store.older_than(later()))


# ---------------------------------------------------------------- both


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=4096))
def test_what_is_put_is_read_back_under_its_sha256(store: Store, content: bytes) -> None:
    digest = store.put(content)
    assert digest == hashlib.sha256(content).hexdigest()
    assert store.read(digest) == content
    before = holds(store)
    assert store.put(content) == digest
    assert holds(store) == before
    assert before.count(digest) == 1


def test_what_was_never_put_is_not_there(store: Store) -> None:
    assert store.read("0" * 64) is None
    assert not store.remove("0" * 64, later())
    assert holds(store) == []


def test_many_put_the_same_at_once(store: Store) -> None:
    contents = [os.urandom(200_000), b"", b"x" * 500_000]

    def put(content: bytes) -> str:
        while True:
            try:
                return store.put(content)
            except Unavailable:  # the test server answers 500 when many write one key at once
                assert not isinstance(store, FolderStore)
                store._asked_again_at = 0.0

    with ThreadPoolExecutor(12) as pool:
        digests = set(pool.map(put, contents * 12))
    assert holds(store) == sorted(digests)
    assert [store.read(hashlib.sha256(c).hexdigest()) for c in contents] == contents


def test_a_content_goes_only_when_it_was_not_put_again(store: Store) -> None:
    start = clock.now() - timedelta(seconds=2)
    digest = store.put(b"used")
    assert holds(store) == [digest]
    assert list(store.older_than(start)) == []
    assert not store.remove(digest, start)
    assert store.read(digest) == b"used"
    assert store.remove(digest, later())
    assert store.read(digest) is None
    assert not store.remove(digest, later())


def test_a_large_file_goes_there_and_back(store: Store) -> None:
    content = os.urandom(12 * 1024 * 1024)
    assert store.read(store.put(content)) == content


# ---------------------------------------------------------------- the folder


@pytest.fixture
def folder(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files")


def everything(folder: FolderStore) -> list[Path]:
    return [path for path in folder.folder.rglob("*") if path.is_file()]


def test_putting_again_makes_it_young(folder: FolderStore) -> None:
    digest = folder.put(b"twice")
    day_ago = clock.now() - timedelta(days=1)
    os.utime(folder.path(digest), (0, 0))
    assert list(folder.older_than(day_ago)) == [digest]
    folder.put(b"twice")
    assert list(folder.older_than(day_ago)) == []
    assert not folder.remove(digest, day_ago)


def test_a_damaged_file_counts_as_gone_and_is_cured_by_putting_it_again(
    folder: FolderStore,
) -> None:
    digest = folder.put(b"whole")
    folder.path(digest).write_bytes(b"who")
    assert folder.read(digest) is None
    folder.put(b"whole")
    assert folder.read(digest) == b"whole"


def test_what_a_killed_process_left_goes_after_a_day(folder: FolderStore) -> None:
    digest = folder.put(b"a")
    left = [folder.path(digest).with_name(name) for name in ("tmpabc.draft", f"{'b' * 64}.leaving")]
    for path in left:
        path.write_bytes(b"half")
    day_ago = clock.now() - timedelta(days=1)
    folder.tidy(day_ago)
    assert all(path.exists() for path in left)
    for path in left:
        os.utime(path, (0, 0))
    folder.tidy(day_ago)
    assert everything(folder) == [folder.path(digest)]


@pytest.mark.slow
def test_killed_while_writing_it_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    code = (
        "import sys, os; from pathlib import Path; from marketplace.core.files import FolderStore\n"
        "store = FolderStore(Path(sys.argv[1])); print('up', flush=True)\n"
        "while True: store.put(os.urandom(300_000))"
    )
    for _ in range(2):
        writer = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.15)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    store = FolderStore(tmp_path)
    names = [path for path in everything(store) if DIGEST.fullmatch(path.name)]
    assert names
    for path in names:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def test_many_put_while_it_is_swept(folder: FolderStore) -> None:
    """A put that succeeded is never undone by a sweep that saw the content lie unused before."""
    contents = [bytes([n]) * 1000 for n in range(20)]
    for content in contents:
        os.utime(folder.path(folder.put(content)), (0, 0))
    day_ago = clock.now() - timedelta(days=1)
    found = list(folder.older_than(day_ago))
    start = threading.Barrier(2)

    def put_all() -> None:
        start.wait()
        for content in contents:
            folder.put(content)

    writer = threading.Thread(target=put_all)
    writer.start()
    start.wait()
    for digest in found:
        folder.remove(digest, day_ago)
    writer.join()
    assert [folder.read(hashlib.sha256(c).hexdigest()) for c in contents] == contents
    assert len(everything(folder)) == len(contents)


def test_without_room_nothing_is_left_and_it_works_again_with_room(folder: FolderStore) -> None:
    digest = folder.put(b"before")
    before = everything(folder)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        with pytest.raises(Unavailable) as refused:
            folder.put(b"n" * 200_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert refused.value.text.msgid == NO_ROOM
    assert everything(folder) == before
    assert folder.read(digest) == b"before"
    assert folder.read(folder.put(b"n" * 200_000))


def test_a_folder_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("not a folder")
    store = FolderStore(tmp_path / "files")
    for act in (lambda: store.put(b"x"), lambda: store.read("0" * 64)):
        with pytest.raises(Unavailable) as refused:
            act()
        assert refused.value.text.msgid == NOT_NOW


# ---------------------------------------------------------------- the bucket


def test_objects_stand_under_the_prefix_and_others_are_left_alone(s3: S3) -> None:
    store, root, other = (
        s3.store(),
        s3.store(FILES_URL="s3://files"),
        s3.store(FILES_URL="s3://files/uploads-of-another"),
    )
    digest = store.put(b"x")
    assert s3.keys() == [f"uploads/{digest[:2]}/{digest}"]
    assert other.read(digest) is None
    assert holds(other) == []
    store.client.put_object(Bucket="files", Key="uploads/readme.txt", Body=b"not ours")
    assert holds(store) == [digest]
    assert holds(root) == []


def test_more_objects_than_one_answer_lists(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "LISTED_AT_ONCE", 10)
    store = s3.store()
    put = sorted(store.put(str(n).encode()) for n in range(35))
    assert holds(store) == put


def test_a_dead_service_is_told_at_once_and_asked_again_later(
    s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "PAUSE_SECONDS", 0.5)
    store = s3.store()
    digest = store.put(b"x")
    s3.kill()
    for act in (
        lambda: store.read(digest),
        lambda: store.put(b"y"),
        lambda: store.remove(digest, later()),
        lambda: holds(store),
    ):
        store._asked_again_at = 0.0
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            act()
        assert time.monotonic() - begun < 5
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        store.read(digest)
    assert time.monotonic() - begun < 0.05
    s3.start()
    time.sleep(0.6)
    digest = store.put(b"y")
    assert store.read(digest) == b"y"


def test_a_service_that_never_answers_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "ANSWER_SECONDS", 0.4)  # 5 in real life
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = S3(silent.getsockname()[1]).store()
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            store.put(b"x")
        took = time.monotonic() - begun
        assert 0.4 < took < 4
        begun = time.monotonic()
        for _ in range(12):
            with pytest.raises(Unavailable):
                store.read("0" * 64)
        assert time.monotonic() - begun < 0.1
        store.client.close()


@pytest.mark.parametrize(
    ("environment", "is_unavailable"),
    [({"FILES_URL": "s3://no-such-bucket"}, True), ({"FILES_URL": "s3://files/else"}, False)],
)
def test_a_bucket_that_is_not_there_is_not_an_empty_one(
    s3: S3, environment: dict[str, str], is_unavailable: bool
) -> None:
    store = s3.store(**environment)
    if is_unavailable:
        with pytest.raises(Unavailable):
            store.read("0" * 64)
    else:
        assert store.read("0" * 64) is None


def test_its_patience_is_as_stated(s3: S3) -> None:
    config = s3.store().client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert config.retries["total_max_attempts"] == 2


def test_the_settings_choose(s3: S3, tmp_path: Path) -> None:
    plain = open_store(Settings.from_env({"INSTANCE_PATH": str(tmp_path)}))
    assert isinstance(plain, FolderStore)
    assert plain.folder == tmp_path / "files"
    store = open_store(Settings.from_env(s3.environment | {"INSTANCE_PATH": str(tmp_path)}))
    assert store.read(store.put(b"here")) == b"here"
    assert len(s3.keys()) == 1
    assert not (tmp_path / "files").exists()
    store.client.close()
