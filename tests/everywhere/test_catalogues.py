"""Every text of the program stands in the Vietnamese catalogue, and says there what it says here."""

from __future__ import annotations

import ast
import multiprocessing
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from click.testing import CliRunner

from config import ROOT
from marketplace import i18n_commands
from marketplace.web import catalogues, locale

PROGRAM = ROOT / "marketplace"


def test_the_catalogues_are_complete_and_fresh() -> None:
    assert list(i18n_commands.problems()) == []


def test_texts_of_python_and_of_templates_are_found() -> None:
    found = {key[1] for key in i18n_commands.keyed(i18n_commands.extract())}
    assert "This page was not found." in found  # N_ in a module
    assert "%(left)s are left. Enter at most this much." in found  # N_ inside Text
    assert "%(num)s day ago" in found  # ngettext
    assert "Skip to main content" in found  # a template
    assert "" not in found


def test_no_text_is_hidden_from_the_extraction() -> None:
    """``Text("…")`` without N_ would be said, but never translated."""
    in_code = re.compile(r"(?<![.\w])(?:Text|flash)\(\s*f?\"((?:[^\"\\]|\\.)*)\"")
    hidden = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in PROGRAM.rglob("*.py")
        for found in in_code.finditer(path.read_text())
        if re.search(r"[^\W\d_]", re.sub(r"%\(\w+\)s", "", found[1]))  # it holds words
    ]
    in_page = re.compile(r"[\"']\s*\|\s*say\b")
    hidden += [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in PROGRAM.rglob("templates/**/*.html")
        for found in in_page.finditer(path.read_text())
    ]
    assert hidden == []


MARKS = {"N_", "_", "gettext", "ngettext", "pgettext", "lazy_gettext"}


def test_no_text_stands_inside_an_f_string() -> None:
    """What stands in the braces of an f-string is never extracted, so it would stay English."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)}"
        for path in PROGRAM.rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text()))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and (getattr(call.func, "id", None) or getattr(call.func, "attr", None)) in MARKS
    ]
    assert hidden == []


def test_no_state_of_the_tree_changes_what_is_written() -> None:
    """Neither line numbers nor dates: two extractions of the same texts are the same file."""
    text = i18n_commands.written(i18n_commands.extract())
    assert text == i18n_commands.written(i18n_commands.extract())
    assert not re.search(r"^#: .*:\d", text, re.MULTILINE)
    assert "Date" not in text.partition("\n\n")[0]


def catalogue(msgid: str | tuple[str, str], string: str, *, fuzzy: bool = False) -> Catalog:
    made = Catalog(locale="vi")
    made.add(msgid, (string,) if isinstance(msgid, tuple) else string, flags=["fuzzy"] * fuzzy)
    return made


@pytest.mark.parametrize(
    ("msgid", "string", "fault"),
    [
        ("Save", "", "not translated"),
        ("%(n)s left", "Còn lại", "placeholders differ"),
        ("%(n)s left", "Còn %(m)s", "placeholders differ"),
        ("100 %% sure", "Chắc chắn", "placeholders differ"),
        ("{name}", "tên", "placeholders differ"),
        ("<b>Now</b>", "Ngay", "HTML tags differ"),
        ("<b>Now</b>", "<b>Ngay</i>", "HTML tags differ"),
        ("in use: ", "đang dùng:", "blanks"),
        (("%(n)s day", "%(n)s days"), "ngày", "placeholders differ"),
    ],
)
def test_a_translation_that_says_something_else_is_named(
    msgid: str | tuple[str, str], string: str, fault: str
) -> None:
    (found,) = i18n_commands.faults(catalogue(msgid, string))
    assert fault in found


@pytest.mark.parametrize(
    ("msgid", "string"),
    [
        ("%(n)s of %(all)s", "%(all)s, trong đó %(n)s"),
        ("<b>%(n)s</b> left", "còn <b>%(n)s</b>"),
        (("one day", "%(n)s days"), "%(n)s ngày"),
    ],
)
def test_a_faithful_translation_passes(msgid: str | tuple[str, str], string: str) -> None:
    assert list(i18n_commands.faults(catalogue(msgid, string))) == []


def test_a_doubtful_translation_is_named() -> None:
    (found,) = i18n_commands.faults(catalogue("Save", "Lưu", fuzzy=True))
    assert "fuzzy" in found


def test_new_and_unused_texts_are_named() -> None:
    texts, old = catalogue("New", "Mới"), catalogue("Old", "Cũ")
    assert [line.split(":")[1] for line in i18n_commands.stale(texts, old, "vi")] == [
        " missing, run make i18n",
        " no longer used, run make i18n",
    ]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The commands work on an empty folder; what a process keeps of it meanwhile is forgotten."""
    monkeypatch.setattr(i18n_commands, "TEMPLATE", tmp_path / "messages.pot")
    monkeypatch.setattr(
        i18n_commands.catalogues,
        "source",
        lambda code, _folder=None: tmp_path / code / "messages.po",
    )
    yield tmp_path
    locale._catalogue.cache_clear()


def test_update_starts_a_catalogue_and_keeps_what_was_translated(elsewhere: Path) -> None:
    assert i18n_commands.update()["vi"] > 100
    po = elsewhere / "vi" / "messages.po"
    po.write_text(po.read_text().replace('msgid "Save"\nmsgstr ""', 'msgid "Save"\nmsgstr "Lưu"'))
    before = po.read_text()
    assert 'msgstr "Lưu"' in before
    i18n_commands.update()
    assert po.read_text() == before


def test_check_fails_where_texts_are_missing(elsewhere: Path) -> None:
    runner = CliRunner()
    assert "no catalogue" in runner.invoke(i18n_commands.check_command).output
    i18n_commands.update()
    result = runner.invoke(i18n_commands.check_command)
    assert result.exit_code == 1
    assert "vi: not translated: 'Save'" in result.output


# ---------------------------------------------------------------- compiling


def put(folder: Path, string: str, second: int) -> Path:
    """A catalogue that says ``string`` for "Save", last changed at ``second``."""
    po = catalogues.source("vi", folder)
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_text(i18n_commands.written(catalogue("Save", string)))
    os.utime(po, (second, second))
    return po


def test_a_catalogue_is_compiled_when_missing_or_changed(tmp_path: Path) -> None:
    po = put(tmp_path, "Lưu", 2000)
    assert catalogues.load("vi", tmp_path).gettext("Save") == "Lưu"
    compiled = po.with_suffix(".mo").read_bytes()
    put(tmp_path, "Cất", 3000)
    assert catalogues.load("vi", tmp_path).gettext("Save") == "Cất"
    put(tmp_path, "Lưu", 1000)  # an older text put back
    assert catalogues.load("vi", tmp_path).gettext("Save") == "Lưu"
    assert po.with_suffix(".mo").read_bytes() == compiled


def test_a_fresh_catalogue_is_not_compiled_again(tmp_path: Path) -> None:
    po = put(tmp_path, "Lưu", 2000)
    catalogues.load("vi", tmp_path)
    made = po.with_suffix(".mo").stat().st_ino
    assert catalogues.load("vi", tmp_path).gettext("Save") == "Lưu"
    assert po.with_suffix(".mo").stat().st_ino == made


def test_a_language_without_catalogue_speaks_the_message_ids(tmp_path: Path) -> None:
    assert catalogues.load("en", tmp_path).gettext("Save") == "Save"


def test_a_folder_that_cannot_be_written_still_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError

    put(tmp_path, "Lưu", 2000)
    monkeypatch.setattr(catalogues.tempfile, "mkstemp", refuse)
    assert catalogues.load("vi", tmp_path).gettext("Save") == "Lưu"


def _say(folder: Path, gate: multiprocessing.synchronize.Barrier) -> None:
    gate.wait(10)
    for _ in range(20):
        if catalogues.load("vi", folder).gettext("Save") != "Lưu":
            os._exit(1)
        catalogues.source("vi", folder).with_suffix(".mo").unlink(missing_ok=True)


def test_processes_that_start_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    put(tmp_path, "Lưu", 2000)
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(3)
    processes = [context.Process(target=_say, args=(tmp_path, gate)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert [p.name for p in tmp_path.rglob("messages.mo?*")] == []
