from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.core import text
from marketplace.core.parsing import Unreadable

ANY = st.text(st.characters(codec=None))
NAMES = ["Cr'toonh", "Cr’toonh", "Xa'ơi", "Atêếp", "Bh'ling", "Pơr'ning", "tr'đin", "Ríah", "Bríu",
         "A Lăng", "Koor", "Bha Lêê"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_clean_keeps_names_as_people_write_them(name):
    assert text.clean(unicodedata.normalize("NFD", f"  {name}\u200b ")) == name


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a \t b\u00a0\u3000c", "a b c"),
        ("a\r\nb\u2028c", "a b c"),
        ("\u202eevil\u202c\ufeff", "evil"),
        ("Hội\u200c \u3164\ufe0f", "Hội"),
        ("x" * 9, "x" * 9),
    ],
)
def test_clean_single_line(raw, cleaned):
    assert text.clean(raw) == cleaned


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\r\nb\rc\x0bd", "a\nb\nc\nd"),
        (" a \t\n\n\n\n b  c\n", "a\n\n b  c"),
        ("a\u2029b\u00a0c", "a\nb c"),
    ],
)
def test_clean_multiline(raw, cleaned):
    assert text.clean(raw, multiline=True) == cleaned


REFUSED = ["a\x00", "a\x1b", "a\x9f", "a\ud800", "a\ufffd", "a\ufdd0", "a\U0001ffff",
           "a" + "\u0301" * 5, "a" + "\u0301" * 200_000, None, 5, ["a"], b"a"]  # fmt: skip


@pytest.mark.parametrize("raw", REFUSED)
@pytest.mark.parametrize("multiline", [False, True])
def test_clean_refuses(raw, multiline):
    with pytest.raises(Unreadable):
        text.clean(raw, multiline=multiline)


def test_clean_counts_the_result():
    assert text.clean(" " * 500 + "Hòa" * 3, longest=9) == "HòaHòaHòa"
    with pytest.raises(Unreadable) as refusal:
        text.clean("Hòa" * 4, longest=9)
    assert str(refusal.value) == "Shorten this to at most 9 characters; it has 12 now."


@given(ANY, st.booleans())
@example("a\r\u200b\nb", True)
def test_clean_twice_is_once(raw, multiline):
    try:
        once = text.clean(raw, multiline=multiline)
    except Unreadable:
        return
    assert text.clean(once, multiline=multiline) == once
    assert unicodedata.is_normalized("NFC", once)
    assert multiline or "\n" not in once
    assert not {unicodedata.category(c) for c in once if c != "\n"} & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize("spellings", text.SPELLINGS, ids=lambda s: s[0])
def test_fold_makes_known_spellings_equal(spellings):
    forms = {
        text.fold(change(unicodedata.normalize(form, spelling)))
        for spelling in spellings
        for form in ("NFC", "NFD")
        for change in (str, str.upper, str.lower, lambda s: s.replace("'", "’"))
    }
    assert len(forms) == 1


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("Đẳng sâm", "dang sam"),
        ("ĐẢNG  SÂM!", "dang sam"),
        ("Cr’toonh", "crtoonh"),
        ("Rượu t'vạc (Cơ-tu)", "ruou ta vat cotu"),
        ("HTX Bha Lê", "hop tac xa bhalee"),
        ("xã A Vương, thôn A'ur", "xa avuong thon aur"),
        ("500 m²", "500 m2"),
        ("Аvương", "avuong"),  # the first letter is Cyrillic
        ("Ǻ Œuvre ﬁ ŉ", "a oeuvre fi n"),
        ("中文 \ud800", ""),
        ("", ""),
    ],
)
def test_fold(raw, folded):
    assert text.fold(raw) == folded


WORDS = sorted({w for line in text.SPELLINGS for s in line for w in text.plain(s).split()})


def test_fold_twice_is_once_for_neighbouring_spellings():
    for words in itertools.product(WORDS, repeat=2):
        once = text.fold(" ".join(words))
        assert text.fold(once) == once


@given(st.one_of(ANY, st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)))
def test_fold_twice_is_once(raw):
    once = text.fold(raw)
    assert text.fold(once) == once
    assert set(once) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert once == " ".join(once.split())


@given(ANY)
def test_fold_does_not_see_the_form(raw):
    forms = {text.fold(unicodedata.normalize(f, raw)) for f in ("NFC", "NFD")}
    assert len(forms) == 1


def test_name_key():
    same = [
        "Hợp tác xã Rau sạch Hoà Bình",
        "HTX  RAU SẠCH HÒA BÌNH",
        "hop tac xa rau sach hoa binh",
    ]
    forms = {text.name_key(unicodedata.normalize(f, s)) for s in same for f in ("NFC", "NFD")}
    assert forms == {"hop tac xa rau sach hoa binh"}
    assert text.name_key("中文") != text.name_key("日本")
    assert text.name_key("Rau_Sạch") == text.name_key("rau-sạch")


def test_slug():
    assert text.slug("Đẳng sâm tươi, A Vương") == "dang-sam-tuoi-avuong"
    assert text.slug("ba kích tím tươi", longest=11) == "ba-kich-tim"
    assert text.slug("ba kích tím tươi", longest=10) == "ba-kich"
    assert text.slug("x" * 80, longest=10) == "x" * 10
    assert text.slug("中文") == "muc"


ALPHABET = "0 1 9 a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z 中".split()  # noqa: SIM905


def test_sort_key_follows_the_alphabet():
    assert sorted(ALPHABET, key=text.sort_key) == ALPHABET
    assert sorted(map(str.upper, ALPHABET), key=text.sort_key) == list(map(str.upper, ALPHABET))


@pytest.mark.parametrize(
    "words",
    [
        ["ma", "mà", "mả", "mã", "má", "mạ", "man", "mă", "mằn", "mâ"],
        ["ba", "bà con", "ba hoa", "bac"],
        ["An", "an b", "ăn", "Ân"],
        ["Axoo", "Azứt", "Đang", "Ê", "Ta Lang"],
        ["thôn 1", "thôn 2", "thôn A"],
    ],
)
def test_sort_key_orders_words(words):
    assert sorted(words[1:] + words[:1], key=text.sort_key) == words


@pytest.mark.parametrize(
    ("left", "right"),
    [("AN", "an"), ("Cr'toonh", "Crtoonh"), ("(an)", "an"), ("\u0301an", "an"), ("a - b", "a b")],
)
def test_sort_key_does_not_see(left, right):
    assert text.sort_key(left) == text.sort_key(right)


@given(ANY)
def test_sort_key_is_ascii_and_does_not_see_the_form(raw):
    key = text.sort_key(raw)
    assert key.isascii()
    assert not raw or key.isprintable()
    assert {text.sort_key(unicodedata.normalize(f, raw)) for f in ("NFC", "NFD")} == {key}


# ------------------------------------------------------------ words with their marks


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Đẳng  SÂM tươi", ["đẳng", "sâm", "tươi"]),
        ("đa\u0309ng sa\u0302m", ["đảng", "sâm"]),
        ("hoà thuý khoẻ", ["hòa", "thúy", "khỏe"]),
        ("hòa thúy khỏe", ["hòa", "thúy", "khỏe"]),
        ("qúy gía qùa", ["quý", "giá", "quà"]),
        ("hoàng toán luật quậy", ["hoàng", "toán", "luật", "quậy"]),
        ("A Vương", ["avương"]),
        ("a vuong", ["avuong"]),
        ("T’vạc", ["tà", "vạt"]),
        ("Cr'toonh", ["crtoonh"]),
        ("", []),
        ("!? \u0301", []),
    ],
)
def test_marked_words_are_as_typed_with_tones_in_one_place(raw: str, expected: list[str]) -> None:
    assert text.marked(raw) == expected


@given(st.text(max_size=60))
def test_marked_words_take_any_text(raw: str) -> None:
    for word in text.marked(raw):
        assert word == word.strip()
        assert word.replace(" ", "")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["xa", "a", "vuo"], [(2, ["avuong"])]),
        (["kat"], [(1, ["cotu"])]),
        (["a"], []),
        (["ht"], []),
        (["a", "vuong"], []),
        ([], []),
    ],
)
def test_a_spelling_that_is_begun_is_known(
    typed: list[str], expected: list[tuple[int, list[str]]]
) -> None:
    assert text.begun(typed) == expected
