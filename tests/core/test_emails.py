from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import emails
from marketplace.core.parsing import Unreadable


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("htx@example.com", "htx@example.com"),
        (" Htx.AVuong+1@Example.COM\u200b ", "Htx.AVuong+1@example.com"),
        ("o'neil_x@sub-domain.example.org", "o'neil_x@sub-domain.example.org"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
    ],
)
def test_parse(raw, address):
    assert emails.parse(raw) == address
    assert emails.parse(address) == address


@pytest.mark.parametrize(
    "raw",
    [
        "htx",
        "@example.com",
        "htx@",
        "htx@example",
        "htx@@example.com",
        "a b@example.com",
        ".a@example.com",
        "a.@example.com",
        "a..b@example.com",
        '"a b"@example.com',
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@-x.com",
        "a@x-.com",
        "a@example..com",
        "a@example.com.",
        "A <a@example.com>",
        "a@example.com,b@example.com",
        "a@example.com\nBcc: b@example.com",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 64}.com",
        f"a@{'b.' * 130}com",
    ],
)
def test_refused(raw):
    with pytest.raises(Unreadable, match="sign @"):
        emails.parse(raw)


@pytest.mark.parametrize("raw", ["hồng@example.com", "a@đànẵng.vn", "ａ@example.com"])
def test_accents_are_refused(raw):
    with pytest.raises(Unreadable, match="without accents"):
        emails.parse(raw)


def test_hostile_values(hostile):
    with pytest.raises(Unreadable):
        emails.parse(hostile)


@given(st.emails())
def test_nothing_that_breaks_a_header_comes_out(raw):
    try:
        address = emails.parse(raw)
    except Unreadable:
        return
    assert address.isascii()
    assert not set(address) & set('\r\n \t<>,;:"()')


def test_key():
    assert emails.key("Htx@example.com") == emails.key("hTX@example.com") == "htx@example.com"
