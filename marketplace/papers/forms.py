"""The forms of papers."""

from __future__ import annotations

from flask_wtf.file import FileField

from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import ActingForm
from marketplace.accounts.papers import keep
from marketplace.core.i18n import N_
from marketplace.papers.rules import COVERAGE_LABELS, Coverage
from marketplace.papers.services import SPEAKS_FOR_MEMBERS, PaperValues
from marketplace.papers.types import LONGEST_NUMBER, STARS, TYPES, Extra, PaperType
from marketplace.web.fields import (
    CheckField,
    ChoiceField,
    DateField,
    LongTextField,
    Optional,
    QuantityField,
    Required,
    TextField,
    VersionField,
)
from marketplace.web.forms import Form


class PaperForm(ActingForm):
    """What stands on a paper; asks only for what its type says."""

    number = TextField(
        N_("Paper number"),
        [Required(N_("Enter the number of the paper, for example 12/CK-ATTP."))],
        longest=LONGEST_NUMBER,
    )
    issuer = TextField(
        N_("Issued or received by"),
        [Required(N_("Enter who gave or received the paper, for example “UBND xã Avương”."))],
        longest=160,
    )
    issued_on = DateField(
        N_("Day of issue"), [Required(N_("Enter the day of issue, for example 20/11/2026."))]
    )
    valid_until = DateField(N_("Last day it holds"), [Optional()])
    scope = LongTextField(
        N_("What the paper covers"),
        [Required(N_("Write which goods and which place the paper names."))],
        longest=500,
    )
    stars = ChoiceField(
        N_("Stars"),
        [Optional()],
        options=[(stars, "★" * stars) for stars in STARS],
        coerce=int,
        blank=N_("Choose the stars"),
    )
    decision_number = TextField(N_("Number of the decision"), [Optional()], longest=LONGEST_NUMBER)
    decision_on = DateField(N_("Day of the decision"), [Optional()])
    standard = TextField(N_("Part of the standard"), [Optional()], longest=120)
    certifier_code = TextField(N_("Code of the certification body"), [Optional()], longest=60)
    area = QuantityField(N_("Area of land"), [Optional()])
    output = QuantityField(N_("Output a year"), [Optional()])
    coverage = ChoiceField(
        N_("For which of your goods is it?"),
        [Required(N_("Say whether it covers all goods or only some."))],
        options=list(COVERAGE_LABELS.items()),
        coerce=Coverage,
    )
    covers_members = CheckField(N_("It also covers the goods of our member households."))
    scan = FileField(N_("Scan or photo of the paper"), [Optional()])
    version = VersionField()

    def about(self, kind: PaperType, organisation: Organisation) -> PaperForm:
        """Ask only for what such a paper says, and such an organisation has."""
        facts = TYPES[kind]
        for extra in Extra:
            if extra not in facts.asks | facts.needs:
                del self[extra.value]
        if organisation.kind not in SPEAKS_FOR_MEMBERS:
            del self["covers_members"]
        self.speak_for(organisation)
        return self

    def values(self) -> PaperValues:
        """What was typed. Raises Invalid for a scan that is none."""
        return PaperValues(
            number=self.number.data,
            issuer=self.issuer.data,
            scope=self.scope.data,
            issued_on=self.typed("issued_on"),
            coverage=self.coverage.data,
            covers_members=bool(self.typed("covers_members")),
            valid_until=self.valid_until.data,
            scan=keep(self.scan.data, "scan"),
            stars=self.typed("stars"),
            decision_number=self.typed("decision_number") or "",
            decision_on=self.typed("decision_on"),
            area=self.typed("area"),
            output=self.typed("output"),
            standard=self.typed("standard") or "",
            certifier_code=self.typed("certifier_code") or "",
        )


class ProlongForm(Form):
    """To which day the issuer prolonged a paper."""

    until = DateField(
        N_("Prolonged until"), [Required(N_("Enter the new last day, for example 20/02/2027."))]
    )
    version = VersionField()
