"""The form of a message, and of an official's note."""

from __future__ import annotations

from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage

from marketplace.accounts.models import StoredFile
from marketplace.accounts.moves import ActingForm
from marketplace.accounts.papers import keep
from marketplace.core.errors import Invalid
from marketplace.core.i18n import N_, Text
from marketplace.talking.rules import MOST_FILES
from marketplace.web.fields import LongTextField, Optional, Required
from marketplace.web.forms import Form


class MessageForm(ActingForm):
    """Words, files, and whose words they are where they are recorded."""

    words = LongTextField(N_("Your message"), [Optional()], longest=4000)
    files = MultipleFileField(N_("Files"), [Optional()])

    def kept_files(self) -> list[StoredFile]:
        """The files, kept by content. Raises Invalid, naming what cannot be taken."""
        chosen = [one for one in self.files.data or [] if isinstance(one, FileStorage)]
        chosen = [one for one in chosen if one.filename]
        if len(chosen) > MOST_FILES:
            raise Invalid(
                "files", Text(N_("Attach at most %(most)s files at once."), most=MOST_FILES)
            )
        kept = [keep(one, "files", documents=True) for one in chosen]
        return [file for file in kept if file is not None]


class NoteForm(Form):
    """A note for officials."""

    words = LongTextField(
        N_("Note for officials"),
        [Required(N_("Write what your colleagues should know."))],
        longest=2000,
    )
