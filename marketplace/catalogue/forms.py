"""What the form of every kind has; photos; and a button that may carry someone's word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import FieldList

from marketplace.accounts.moves import ActingForm
from marketplace.accounts.papers import keep_photo
from marketplace.catalogue.gates import Check
from marketplace.catalogue.models import PhotoMove
from marketplace.core import clock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable
from marketplace.core.photos import Picture
from marketplace.core.text import clean
from marketplace.web.fields import Optional, Required, TextField, VersionField
from marketplace.web.forms import Form
from marketplace.web.many import ManyField

MOST_AT_ONCE = 8


class ListingForm(ActingForm):
    """Base of every kind's form. A draft needs a title only; what is given must be right.

    Each kind declares its fields in the order in which they are asked, which is also the order of
    the columns of a spreadsheet; these three it always has.
    """

    title: Any
    village_id: Any
    description: Any
    version = VersionField()

    def offer_villages(self, villages: Iterable[tuple[int, str]]) -> None:
        """The villages of the owner's locality, where the kind asks for one."""
        if "village_id" in self:
            self.village_id.offer(villages)


def ordered(low: Any, high: Any, sentence: str) -> bool:
    """Whether a range goes from low to high; the fault is said at the field where it is.

    ``sentence`` is for an upper figure below the lower one.
    """
    if low.data is not None and high.data is not None and low.data > high.data:
        high.errors = [*high.errors, sentence]
        return False
    if high.data is not None and low.data is None and not low.errors:
        low.errors = [N_("Enter the lower figure as well, or the same twice.")]
        return False
    return True


def still_to_come(day: Any) -> bool:
    """Whether a last day, where there is one, has not passed; the fault is said at the field."""
    if day.data is None or day.data >= clock.today():
        return True
    day.errors = [N_("This day has passed. Choose a day still to come.")]
    return False


class PlainForm(ActingForm):
    """Nothing but the button, and how one knows where someone's word is recorded."""


class PhotoFields(ActingForm):
    """Photos that may come with a form, and what they show."""

    photo = MultipleFileField(N_("Photos"), [Optional()])
    alt = TextField(N_("What the photos show"), [Optional()])

    def uploads(self) -> list[FileStorage]:
        """The files chosen."""
        return [u for u in self.photo.data or () if isinstance(u, FileStorage) and u.filename]

    def pictures(self) -> list[Picture]:
        """The photos, cleaned and kept. Raises Invalid, naming the file that cannot be used."""
        uploads = self.uploads()
        if len(uploads) > MOST_AT_ONCE:
            raise Invalid("photo", N_("Choose at most eight photos at once."))
        return [_picture(upload, alone=len(uploads) == 1) for upload in uploads]

    def again(self) -> None:
        """Files cannot come back with a page that was refused: say so beside the field."""
        super().again()
        if self.uploads():
            self.photo.errors = [
                *self.photo.errors,
                N_("Choose the photos again: a page that comes back cannot keep them."),
            ]


class PhotosForm(PhotoFields):
    """Photos of a saved draft, several at once."""

    def pictures(self) -> list[Picture]:
        """As above, and at least one."""
        if not self.uploads():
            raise Invalid("photo", N_("Choose at least one photo."))
        return super().pictures()


class ArrangeForm(ActingForm):
    """What each photo of a listing shows, in their order; a button may move one of them."""

    version = VersionField()
    alts = FieldList(
        TextField(
            N_("What the photo shows"),
            [Required(N_("Say what the photo shows, for example “Washed roots in a basket”."))],
        )
    )

    def move(self) -> PhotoMove | None:
        """What the pressed button asks for; None for the one that only saves."""
        how, _, photo_id = request.form.get("move", "").partition(" ")
        return PhotoMove(photo_id, how == "front") if how in {"front", "up"} else None


def _picture(upload: FileStorage, *, alone: bool) -> Picture:
    try:
        return keep_photo(upload)
    except Invalid as error:
        if alone:
            raise
        raise Invalid(
            "photo",
            Text(N_("%(file)s: %(why)s"), file=_label(upload.filename or ""), why=error.text),
        ) from error


def _label(name: str) -> str:
    """A user's file name as words to show, never as a path."""
    try:
        return clean(name.replace("\\", "/").rsplit("/", 1)[-1][:80]) or "?"
    except Unreadable:
        return "?"


class ChecklistForm(Form):
    """The points a reviewer has looked at before turning the key."""

    ticked = ManyField(N_("I have looked at"), [Optional()])

    def ask(self, checks: Iterable[Check]) -> ChecklistForm:
        """The points of one listing."""
        self.ticked.offer([(check.code, check.text) for check in checks])
        return self
