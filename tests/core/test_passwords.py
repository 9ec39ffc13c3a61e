from __future__ import annotations

import unicodedata

import pytest

from marketplace.core import passwords, text
from marketplace.core.parsing import Unreadable

NAMES = ["Cán bộ Kinh Tế", "can.bo.kinhte@example.com", "+84912345678"]
GOOD = [
    "ghế tre ngoài hiên mưa",
    "lantern-gravel-otter-9",
    "correct zebra stapler mat",
    "Tr0ng nhà có 3 con mèo",
    "kV9#tQ2!mLx7",
    "竹林雨声石桥月夜山风清泉",
]


@pytest.mark.parametrize("password", GOOD)
def test_good(password):
    assert passwords.check_password(password, NAMES) == password
    assert passwords.check_password(unicodedata.normalize("NFD", password), NAMES) == password


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd 2026!",
        "MatKhau@123456",
        "mật khẩu 2026!",
        "Vietnam2026!@#",
        "anh yêu em nhiều lắm",
        "aaaaaaaaaaaaaaaa",
        "ab" * 8,
        "kd8" * 5,
        "123456789012",
        "2109876543210",
        "qwertyuiop[]",
        "][poiuytrewq",
        "1qaz2wsx3edc!",
        "abcdefghijkl",
        "hanoidanangsaigon",
        "Avương 20252026",
        "''''''''''''",
        "            ",
        "Iloveyou 1999!!!",
    ],
)
def test_guessable(password):
    with pytest.raises(Unreadable, match="easily guessed"):
        passwords.check_password(password)


@pytest.mark.parametrize(
    "password",
    ["can bo kinh te 2026", "Kinhte.0912345678", "84912345678 kinh tế", "CanBoKinhTe!12"],
)
def test_own_name(password):
    with pytest.raises(Unreadable, match="Leave out your name"):
        passwords.check_password(password, NAMES)


def test_own_name_may_be_a_small_part():
    password = "kinh lúp vàng của bà ngoại"
    assert passwords.check_password(password, NAMES) == password


def test_length():
    with pytest.raises(Unreadable, match="at least 12"):
        passwords.check_password("kV9#tQ2!mLx")
    long = "kV9#tQ2!mLx7" + "vườn đá " * 31  # 260 characters decomposed or not
    with pytest.raises(Unreadable, match="longer than 256"):
        passwords.check_password(long)
    assert len(passwords.check_password(long[:256])) == 256
    with pytest.raises(Unreadable, match="longer than 256"):
        passwords.normalise("a" + "\u0301" * 500_000)


def test_hostile_values(hostile):
    try:
        password = passwords.check_password(hostile)
    except Unreadable:
        return
    assert password == hostile
    assert password.isprintable()


def test_the_list_is_in_order():
    lines = passwords._LIST.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) > 500
    assert all(len(line) >= passwords.SHORTEST for line in lines)
    assert all(text.plain(line) == line for line in lines)
