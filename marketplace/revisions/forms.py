"""The form of a kind without what changes at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marketplace.catalogue.forms import ListingForm


class Part:
    """A kind's form as a page of a revision shows it: the fields of the offer are not there.

    They stay in the form, which checks some fields against others; the page meets None for them,
    which ``components/field.html`` leaves out.
    """

    def __init__(self, form: ListingForm, live: frozenset[str]) -> None:
        self._form, self._live = form, live

    def __getattr__(self, name: str) -> Any:
        return None if name in self._live else getattr(self._form, name)

    def __iter__(self) -> Iterator[Any]:
        return (field for field in self._form if field.short_name not in self._live)

    def __contains__(self, name: str) -> bool:
        return name not in self._live and name in self._form
