"""Calendars as RFC 5545 asks: ends of lines, folding, escaping, days that come back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.ical import escaped, folded
from marketplace.sharing.ical import Season, calendar

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


def read(content: bytes) -> list[dict[str, str]]:
    """The events of a file, by a parser of our own; raises where the file is not in order."""
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")[:-1]
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert all(len(line) <= 75 for line in lines), max(map(len, lines))
    whole = content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]
    assert (whole[0], whole[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    events: list[dict[str, str]] = []
    for line in whole[1:-1]:
        name, value = re.fullmatch(r"([A-Z-]+(?:;[A-Z]+=[A-Z-]+)*):(.*)", line).groups()
        if (name, value) == ("BEGIN", "VEVENT"):
            events.append({})
        elif events and name != "END":
            assert name not in events[-1], name
            events[-1][name] = value
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART;VALUE=DATE", "SUMMARY"} <= event.keys()
    return events


def season(**changes: object) -> Season:
    values = {
        "key": "k", "title": "Đẳng sâm", "text": "Giá: 120.000 ₫/kg", "place": "Cr'toonh", "url": "https://x.example/a",
        "group": "Dược liệu", "months": 1, "since": 2026, "changed_at": AT,
    }  # fmt: skip
    return Season(**(values | changes))


@pytest.mark.parametrize(
    ("months", "runs"),
    [
        ({1}, [("20260101", "20260201")]),
        ({12}, [("20261201", "20270101")]),
        ({10, 11, 12, 1, 2}, [("20261001", "20270301")]),
        ({3, 4, 9}, [("20260301", "20260501"), ("20260901", "20261001")]),
        (set(range(1, 13)), [("20260101", "20270101")]),
        (set(), []),
    ],
)
def test_each_run_of_months_is_one_yearly_event(months: set[int], runs: list) -> None:
    mask = sum(1 << (month - 1) for month in months)
    events = read(calendar("Mùa", [season(months=mask)]))
    assert [(e["DTSTART;VALUE=DATE"], e["DTEND;VALUE=DATE"]) for e in events] == runs
    assert all(event["RRULE"] == "FREQ=YEARLY" for event in events)
    assert len({event["UID"] for event in events}) == len(events)
    for event in events:
        assert date.fromisoformat(event["DTSTART;VALUE=DATE"]) < date.fromisoformat(
            event["DTEND;VALUE=DATE"]
        )


def test_the_id_stays_when_the_text_changes() -> None:
    before = read(calendar("Mùa", [season()]))[0]["UID"]
    assert read(calendar("Khác", [season(title="Tên khác", text="y")]))[0]["UID"] == before
    assert read(calendar("Mùa", [season(key="khác")]))[0]["UID"] != before


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc"))))
def test_no_letter_is_cut_and_nothing_is_lost(text: str) -> None:
    line = f"SUMMARY:{text}"
    sent = folded(line)
    assert sent.replace(b"\r\n ", b"").decode() == line + "\r\n"
    assert all(len(part) <= 75 and part.decode() is not None for part in sent.split(b"\r\n"))


def test_what_has_a_meaning_is_escaped() -> None:
    assert escaped("a,b;c\\d\ne") == "a\\,b\\;c\\\\d\\ne"
    events = read(calendar("Mùa", [season(title="x\r\nEND:VEVENT", text="một\nhai")]))
    assert events[0]["SUMMARY"] == "x\\nEND:VEVENT"
    assert events[0]["DESCRIPTION"] == "một\\nhai"
