"""The form behind a heart."""

from __future__ import annotations

from wtforms import StringField
from wtforms.widgets import HiddenInput

from marketplace.web.forms import Form


class HeartForm(Form):
    """``bo``: let it go instead of keeping it. ``ve``: the page of this site to go back to."""

    bo = StringField(widget=HiddenInput())
    ve = StringField(widget=HiddenInput())
