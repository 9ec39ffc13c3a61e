"""Forms of people and organisations."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.consent_form import ConsentForm
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import (
    ENTERABLE,
    KIND_LABELS,
    REGISTRABLE,
    OrganisationKind,
)
from marketplace.accounts.services import HouseholdValues, OrganisationValues, Registration
from marketplace.core import emails, phone
from marketplace.core.i18n import N_
from marketplace.core.ids import is_public_id
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean
from marketplace.web.fields import (
    CheckField,
    ChoiceField,
    EmailField,
    LongTextField,
    OfficePhoneField,
    Optional,
    PathField,
    PhoneField,
    ReadField,
    Required,
    SecretField,
    TaxCodeField,
    TextField,
    VersionField,
)
from marketplace.web.forms import Form
from marketplace.web.locale import LANGUAGES, language

CODE_LONGEST = 20
THEMES = {"light": N_("Light"), "dark": N_("Dark")}


def _contact(raw: str) -> str:
    """An e-mail address or a mobile number, by what was typed."""
    if "@" in raw:
        return emails.parse(raw)
    if not any(character.isdigit() for character in raw):
        raise Unreadable(
            N_("Enter an e-mail address or a mobile number, for example 0912 345 678.")
        )
    return phone.parse(raw)


class ContactField(ReadField):
    """An e-mail address or a mobile number, in one field."""

    parse = staticmethod(_contact)
    show = staticmethod(lambda value: value if "@" in value else phone.display(value))


class SignInForm(Form):
    """E-mail or mobile number, and password."""

    identifier = TextField(
        N_("E-mail or mobile number"),
        [Required(N_("Enter your e-mail address or mobile number."))],
        longest=254,
    )
    password = SecretField(N_("Password"), [Required(N_("Enter your password."))])
    next = PathField()


class CodeForm(Form):
    """A one-time code an official read out."""

    identifier = TextField(
        N_("E-mail or mobile number"),
        [Required(N_("Enter your e-mail address or mobile number."))],
        longest=254,
    )
    code = TextField(
        N_("One-time code"),
        [Required(N_("Enter the eight digits you were given, for example 2345 6789."))],
        longest=CODE_LONGEST,
    )


class RegistrationForm(Form):
    """A person and their organisation."""

    kind = ChoiceField(
        N_("Kind of organisation"),
        [Required(N_("Choose what kind of organisation it is."))],
        options=[(kind, KIND_LABELS[kind]) for kind in REGISTRABLE],
        coerce=OrganisationKind,
        blank=N_("Choose a kind"),
    )
    organisation_name = TextField(
        N_("Name of the organisation"),
        [Required(N_("Enter the name, for example “HTX Cr'toonh”."))],
        longest=160,
    )
    locality_id = ChoiceField(
        N_("Locality"),
        [Required(N_("Choose the locality of the organisation."))],
        coerce=int,
        blank=N_("Choose a locality"),
    )
    tax_code = TaxCodeField(N_("Tax code"), [Optional()])
    name = TextField(N_("Your name"), [Required(N_("Enter your name."))], longest=120)
    contact = ContactField(
        N_("E-mail or mobile number"),
        [Required(N_("Enter an e-mail address or a mobile number, for example 0912 345 678."))],
    )
    password = SecretField(N_("Password"), [Required(N_("Choose a password."))])
    consent = CheckField(
        N_(
            "I agree that officials of both localities use these details to verify the "
            "organisation and to bring it together with partners."
        ),
        [Required(N_("Without this agreement the account cannot be kept. Tick the box."))],
    )

    def values(self, invitation: str = "") -> Registration:
        """What the use case takes; the account speaks the language of the page.

        ``invitation`` is the code of the address the form stands at; what is no code is none.
        """
        contact = str(self.contact.data)
        is_email = "@" in contact
        return Registration(
            name=self.name.data,
            email=contact if is_email else None,
            phone=None if is_email else contact,
            password=self.password.data,
            kind=self.kind.data,
            organisation_name=self.organisation_name.data,
            locality_id=self.locality_id.data,
            tax_code=self.tax_code.data,
            language=language(),
            invitation=invitation if is_public_id(invitation) else None,
        )


class ResetForm(Form):
    """Who wants a link to set a new password."""

    identifier = TextField(
        N_("E-mail or mobile number"),
        [Required(N_("Enter your e-mail address or mobile number."))],
        longest=254,
    )


class NewPasswordForm(Form):
    """A new password."""

    password = SecretField(N_("New password"), [Required(N_("Choose a password."))])


class ChangePasswordForm(NewPasswordForm):
    """A new password, knowing the present one."""

    present = SecretField(N_("Present password"), [Required(N_("Enter your present password."))])


class SettingsForm(Form):
    """A person's own settings."""

    name = TextField(N_("Your name"), [Required(N_("Enter your name."))], longest=120)
    email = EmailField(N_("E-mail"), [Optional()])
    password = SecretField(N_("Present password"), [Optional()])
    language = ChoiceField(
        N_("Language of pages and mails"),
        [Optional()],
        options=list(LANGUAGES.items()),
    )
    theme = ChoiceField(
        N_("Appearance"),
        [Optional()],
        options=list(THEMES.items()),
        blank=N_("As the device has it"),
    )

    def settings(self) -> dict[str, Any]:
        """The arguments of the use case."""
        return {
            "name": self.name.data,
            "email": self.email.data,
            "password": self.password.data,
            "language": self.language.data,
            "theme": self.theme.data,
        }


class MembershipForm(Form):
    """In whose name to act."""

    membership_id = ChoiceField(
        N_("Act for"), [Required(N_("Choose one from the list."))], coerce=int
    )


class OrganisationForm(Form):
    """What an organisation says about itself."""

    Values = OrganisationValues

    name = TextField(
        N_("Name of the organisation"),
        [Required(N_("Enter the name, for example “HTX Cr'toonh”."))],
        longest=160,
    )
    tax_code = TaxCodeField(N_("Tax code"), [Optional()])
    address = TextField(N_("Address"), [Optional()], longest=300)
    phone = OfficePhoneField(N_("Phone"), [Optional()])
    email = EmailField(N_("E-mail"), [Optional()])
    about = LongTextField(N_("About the organisation"), [Optional()], longest=2000)
    is_named_in_public = CheckField(
        N_(
            "The portal may name the organisation in public: with its needs, on a page of its own, "
            "and in results when a deal is completed."
        )
    )
    version = VersionField()


class HouseholdForm(ConsentForm):
    """A producer who cannot go online, and the consent by which one acts for it."""

    Values = HouseholdValues

    kind = ChoiceField(
        N_("Kind"),
        [Required(N_("Choose what kind of organisation it is."))],
        options=[(kind, KIND_LABELS[kind]) for kind in ENTERABLE],
        coerce=OrganisationKind,
    )
    name = TextField(
        N_("Name of the household or group"),
        [Required(N_("Enter the name as people know it."))],
        longest=160,
    )
    village_id = ChoiceField(N_("Village"), [Optional()], coerce=int, blank=N_("Choose a village"))
    cooperative_id = ChoiceField(
        N_("Cooperative that may speak for it"),
        [Optional()],
        coerce=int,
        blank=N_("None"),
    )
    address = TextField(N_("Way there"), [Optional()], longest=300)
    person_name = TextField(N_("Name of the person to ask"), [Optional()], longest=120)
    phone = PhoneField(N_("Mobile number"), [Optional()])

    def offer(
        self, villages: list[tuple[int, str]], cooperatives: list[Organisation] | None
    ) -> HouseholdForm:
        """Set what can be chosen; without cooperatives the field goes."""
        self.village_id.offer(villages)
        if cooperatives is None:
            del self["cooperative_id"]
        else:
            self.cooperative_id.offer([(c.id, c.name) for c in cooperatives])
        return self


def search_words(raw: str | None) -> str:
    """Words someone looks for; what cannot be read finds nothing in particular."""
    try:
        return clean(raw or "", longest=100)
    except Unreadable:
        return ""
