from __future__ import annotations

import pytest

from marketplace.core import ids


def test_new_ids_are_public_ids():
    made = {ids.public_id() for _ in range(200)}
    assert len(made) == 200
    assert all(map(ids.is_public_id, made))
    assert set("".join(made)) == set(ids.ALPHABET)


def test_the_alphabet_is_unmistakable():
    assert not set(ids.ALPHABET) & set("0o1ilaeu")
    assert ids.ALPHABET.islower()


@pytest.mark.parametrize(
    "text",
    ["", "2" * 9, "2" * 11, "2" * 9 + "0", "2" * 9 + "\n", "2" * 10 + "\n", "２" * 10, "B" * 10],
)
def test_others_are_not(text):
    assert not ids.is_public_id(text)
