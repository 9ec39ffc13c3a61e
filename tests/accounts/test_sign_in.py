"""Signing in and out through the pages."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_official_signs_in_and_out(browse, language):
    browser = browse("official_1", language)
    assert "Người official_1" in browser.text
    browser.post("/dang-xuat")
    browser.get("/")
    assert "Người official_1" not in browser.text
