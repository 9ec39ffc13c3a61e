"""Asking for the password once more before something weighty is done."""

from __future__ import annotations

from marketplace.accounts import passwords, queries, throttle
from marketplace.core.errors import Invalid
from marketplace.core.i18n import N_
from marketplace.core.parsing import Unreadable
from marketplace.core.passwords import normalise
from marketplace.core.use_case import apart, use_case


def confirm(user_id: int | None, password: str, field: str = "password") -> None:
    """Raise Invalid at ``field`` unless this is this person's own password.

    Wrong tries are rationed, right ones are not; the comparison runs outside any transaction.
    """
    tries = (throttle.SIGN_IN_ACCOUNT, f"own|{user_id}")
    throttle.count(tries)
    person = queries.user(user_id or 0)
    try:
        typed = normalise(password)
    except Unreadable:
        typed = ""  # nobody has it
    if not passwords.fits(person.password_hash, typed):
        raise Invalid(field, N_("This is not your present password. Check and try again."))
    with apart():
        _right(tries)


@use_case
def _right(tries: tuple[throttle.Limit, str]) -> None:
    throttle.take_back(tries)
