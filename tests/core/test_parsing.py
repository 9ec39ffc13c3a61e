from __future__ import annotations

from marketplace.core.i18n import Text
from marketplace.core.parsing import Unreadable


def test_carries_its_sentence():
    error = Unreadable(Text("At most %(n)s.", n=3))
    assert error.text == Text("At most %(n)s.", n=3)
    assert str(error) == "At most 3."
    assert Unreadable("No.").text == Text("No.")
