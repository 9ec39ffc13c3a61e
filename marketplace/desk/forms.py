"""Forms of the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_wtf.file import FileField

from marketplace.accounts.confirming import confirm
from marketplace.accounts.models import StoredFile, User
from marketplace.accounts.papers import keep
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.i18n import N_, Text
from marketplace.core.roles import Role
from marketplace.desk.bulks import ACT_LABELS, Act
from marketplace.desk.sheets import Sent
from marketplace.programme.rules import may_bring_in
from marketplace.web.fields import ChoiceField, DateField, Optional, Required, SecretField
from marketplace.web.forms import Form

Officials = Iterable[tuple[User, Actor]]


def colleagues(officials: Officials, viewer: Actor) -> list[tuple[str, str]]:
    """The officials of the viewer's own locality: public id and name."""
    return [
        (person.public_id, person.name)
        for person, acts in officials
        if acts.locality_id == viewer.locality_id
    ]


class AssignForm(Form):
    """Who is in charge."""

    person = ChoiceField(N_("In charge"), [Optional()], blank=N_("Nobody"))

    def offer(self, officials: Officials, viewer: Actor) -> AssignForm:
        """Name the colleagues one may choose from."""
        self.person.offer(colleagues(officials, viewer))
        return self


class DeputyForm(Form):
    """Who is away, who does the work, from when until when."""

    person = ChoiceField(N_("Who is away"), [Required(N_("Choose one from the list."))])
    deputy = ChoiceField(
        N_("Who does the work"),
        [Required(N_("Choose one from the list."))],
        blank=N_("Choose a colleague"),
    )
    from_on = DateField(N_("First day"), [Required(N_("Enter the first day."))])
    until_on = DateField(N_("Last day"), [Required(N_("Enter the last day."))])

    def offer(self, officials: Officials, viewer: Actor) -> DeputyForm:
        """A leader names a deputy for anybody of the office, others for themselves."""
        found = list(officials)
        known = colleagues(found, viewer)
        own = [p.public_id for p, acts in found if acts.user_id == viewer.user_id]
        is_leader = viewer.role is Role.LEADER
        self.person.offer([one for one in known if is_leader or one[0] in own])
        self.deputy.offer(known)
        return self

    def values(self) -> Mapping[str, Any]:
        """What the use case takes."""
        return {
            "person_id": self.person.data,
            "deputy_id": self.deputy.data,
            "from_on": self.from_on.data,
            "until_on": self.until_on.data,
        }


class BulkForm(Form):
    """What is done with everything chosen."""

    act = ChoiceField(
        N_("What shall be done?"),
        [Optional()],
        options=list(ACT_LABELS.items()),
        coerce=Act,
        blank=N_("Choose what to do"),
    )
    person = ChoiceField(N_("Who takes charge?"), [Optional()], blank=N_("Choose a colleague"))

    def offer(self, officials: Officials, viewer: Actor) -> BulkForm:
        """Name the colleagues one may put in charge."""
        self.person.offer(colleagues(officials, viewer))
        return self

    def lacks_choice(self, chosen: Sequence[str]) -> bool:
        """Whether what to do, or with what, is not said yet; says so."""
        if self.act.data is None:
            self.refuse(Invalid("act", N_("Choose what to do.")))
        if not chosen:
            self.form_errors.append(N_("Tick at least one line."))
        self.again()
        return bool(self.errors)

    def lacks_person(self) -> bool:
        """Whether somebody must be named for this; says so at the field."""
        if self.act.data is not Act.ASSIGN or self.person.data:
            return False
        self.refuse(Invalid("person", N_("Choose an official of your own locality.")))
        return True


class DecidingForm(Form):
    """A sheet of lines, each answered or left; the lines themselves are read by ``sheets``."""

    def check(self, sent: Sent) -> None:
        """Say what the answers lack; those whose lines wait no longer are told of afterwards."""
        if not sent.answers and not sent.gone:
            self.form_errors.append(N_("Nothing is chosen yet. Choose an answer on a line."))
        self.form_errors.extend(
            answer.lacks for answer in sent.answers.values() if answer.lacks is not None
        )

    def is_refused(self, sent: Sent) -> bool:
        """Whether anything is missing; then the next try is another one, without what is gone."""
        if not self.errors:
            return False
        said = N_("“%(title)s”: it waits for you no longer.")
        self.form_errors.extend(Text(said, title=one.title) for one in sent.gone)
        self.again()
        return True


class SheetForm(DecidingForm):
    """The password, once for all lines of a sheet."""

    password = SecretField(N_("Your password"), [Optional()])

    def refuse_unless(self, sent: Sent, viewer: Actor) -> bool:
        """Say what is missing for these answers, and whether anything is."""
        self.check(sent)
        if sent.answers and not self.form_errors:
            try:
                confirm(viewer.user_id, self.password.data or "")
            except DomainError as refusal:
                self.refuse(refusal)
        return self.is_refused(sent)


class PaperForm(DecidingForm):
    """Who decided on paper, and the scan of the signed sheet."""

    leader = ChoiceField(
        N_("Who decided"),
        [Required(N_("Choose the leader who signed."))],
        blank=N_("Choose the leader who signed"),
    )
    scan = FileField(N_("Scan or photo of the signed sheet"), [Optional()])

    def offer(self, officials: Officials, viewer: Actor) -> PaperForm:
        """Name the leaders of the viewer's own locality; nobody enters what they decided."""
        leaders = [one for one in officials if may_bring_in(viewer, one[1])]
        self.leader.offer(colleagues(leaders, viewer))
        return self

    def refuse_unless(self, sent: Sent) -> bool:
        """Say what is missing, and whether anything is."""
        self.check(sent)
        if not getattr(self.scan.data, "filename", ""):
            self.refuse(Invalid("scan", N_("Attach the scan of the signed sheet.")))
        elif self.errors:  # no browser keeps a file
            self.refuse(Invalid("scan", N_("Attach the scan once more; everything else is kept.")))
        return self.is_refused(sent)

    def kept_scan(self) -> StoredFile | None:
        """The scan as it is kept; None where it cannot be, and the field says why."""
        try:
            return keep(self.scan.data, "scan")
        except DomainError as refusal:
            self.refuse(refusal)
            self.again()
            return None
