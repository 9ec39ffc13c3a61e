"""The types of papers: how long each holds, what it must say, what it counts for. Pure data.

One table, so that a change of the law is a change of one line. The terms come from the domain page
3.1; those marked there as own knowledge ([OK]) stand here as configuration and must be confirmed
by the agencies of the two localities before launch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from marketplace.core.i18n import N_


class PaperType(StrEnum):
    """What a paper is. The code is stored, the label of ``TYPES`` is shown."""

    COMMITMENT = "commitment"
    FOOD_SAFETY = "food_safety"
    OCOP = "ocop"
    VIETGAP = "vietgap"
    ORGANIC = "organic"
    PGS = "pgs"
    GLOBALGAP = "globalgap"
    HACCP = "haccp"
    ISO_22000 = "iso_22000"
    SAFE_CHAIN = "safe_chain"
    GROWING_AREA = "growing_area"
    SELF_DECLARATION = "self_declaration"
    LIQUOR = "liquor"
    HARVEST = "harvest"


class Counts(StrEnum):
    """What a paper that holds counts for in the safety label, which nobody can type."""

    CERTIFICATE = "certificate"
    COMMITMENT = "commitment"
    NOTHING = "nothing"


class Extra(StrEnum):
    """What some types say besides number, issuer, scope and dates. The value is the form field."""

    STARS = "stars"
    DECISION_NUMBER = "decision_number"
    DECISION_ON = "decision_on"
    AREA = "area"
    OUTPUT = "output"
    STANDARD = "standard"
    CERTIFIER_CODE = "certifier_code"


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """What is known of a type.

    ``label`` and the hints are message ids, ``short`` stands on badges. ``months`` is the longest
    term from the day of issue; None: it holds until it is withdrawn, unless the paper names a day.
    ``prolonged_months``: by how much its issuer may prolong it. ``asks`` are extra fields that may
    be filled in, ``needs`` those without which the paper is not taken. ``scan_first``: not even
    entered without its scan (every type needs one to be verified). ``alcohol_only``: it covers
    alcohol and nothing else, whatever the organisation sells.
    """

    label: str
    short: str
    counts: Counts
    months: int | None
    number_hint: str
    issuer_hint: str
    scope_hint: str
    asks: frozenset[Extra] = frozenset()
    needs: frozenset[Extra] = frozenset()
    prolonged_months: int = 0
    scan_first: bool = False
    alcohol_only: bool = False
    note: str = ""


_ON_THE_PAPER = N_("As it stands on the paper, letters and signs included.")
_GOODS = N_("The goods and the place named on the paper.")
_CERTIFIER = N_("The certification body named on the paper.")

TYPES: Mapping[PaperType, TypeFacts] = MappingProxyType(
    {
        # Small primary producers, TT 17/2018; three years [OK]. What most households can show.
        PaperType.COMMITMENT: TypeFacts(
            N_("Food-safety commitment received by the commune"),
            N_("Food-safety commitment"),
            Counts.COMMITMENT,
            36,
            N_("The number under which the commune received it, for example 12/CK-ATTP."),
            N_("The People's Committee that received it."),
            N_("The goods the commitment names, for example fresh vegetables, honey."),
        ),
        # Law on food safety art. 37, TT 38/2018; three years [OK].
        PaperType.FOOD_SAFETY: TypeFacts(
            N_("Certificate of food-safety conditions (ATTP)"),
            N_("Food-safety certificate"),
            Counts.CERTIFICATE,
            36,
            N_("As it stands on the paper, for example 015/2026/NNPTNT-ĐNA."),
            N_("The agency that signed it."),
            N_("The premises and the goods named on the paper."),
        ),
        # QĐ 148/QĐ-TTg of 2023: 36 months, its logo not to be used after; can be revoked [V].
        PaperType.OCOP: TypeFacts(
            N_("OCOP recognition, 3 to 5 stars"),
            N_("OCOP"),
            Counts.CERTIFICATE,
            36,
            N_("The number of the certificate; the decision has a field of its own below."),
            N_("The People's Committee that recognised the product."),
            N_("The product as it is named on the certificate."),
            needs=frozenset({Extra.STARS, Extra.DECISION_NUMBER, Extra.DECISION_ON}),
            scan_first=True,
            note=N_("Stars are shown only with the decision's number, its date and the scan."),
        ),
        # At most two years from issue, may be prolonged by three months at most [V-2nd].
        PaperType.VIETGAP: TypeFacts(
            N_("VietGAP certificate"),
            N_("VietGAP"),
            Counts.CERTIFICATE,
            24,
            _ON_THE_PAPER,
            _CERTIFIER,
            N_("The crop or animal, and the place."),
            asks=frozenset({Extra.AREA, Extra.OUTPUT, Extra.CERTIFIER_CODE}),
            prolonged_months=3,
        ),
        # TCVN 11041 by a third party only, NĐ 109/2018 art. 3 [V]; two years [OK].
        PaperType.ORGANIC: TypeFacts(
            N_("Organic certificate (TCVN 11041)"),
            N_("Organic"),
            Counts.CERTIFICATE,
            24,
            _ON_THE_PAPER,
            _CERTIFIER,
            N_("The crop or animal, and the place."),
            asks=frozenset({Extra.AREA, Extra.OUTPUT, Extra.CERTIFIER_CODE}),
            needs=frozenset({Extra.STANDARD}),
        ),
        # A guarantee producers and buyers give each other; usually one year [OK].
        PaperType.PGS: TypeFacts(
            N_("Participatory guarantee (PGS)"),
            N_("PGS"),
            Counts.NOTHING,
            12,
            N_("The code of the group or the number of the paper."),
            N_("The group and inter-group that gave the guarantee."),
            _GOODS,
            asks=frozenset({Extra.AREA}),
            note=N_("A guarantee of the community, not a certificate of the state."),
        ),
        PaperType.GLOBALGAP: TypeFacts(  # one year [OK]
            N_("GlobalG.A.P. certificate"),
            N_("GlobalG.A.P."),
            Counts.CERTIFICATE,
            12,
            _ON_THE_PAPER,
            _CERTIFIER,
            _GOODS,
            asks=frozenset({Extra.AREA, Extra.OUTPUT}),
        ),
        PaperType.HACCP: TypeFacts(  # three years [OK]
            N_("HACCP certificate"),
            N_("HACCP"),
            Counts.CERTIFICATE,
            36,
            _ON_THE_PAPER,
            _CERTIFIER,
            _GOODS,
        ),
        PaperType.ISO_22000: TypeFacts(  # three years [OK]
            N_("ISO 22000 certificate"),
            N_("ISO 22000"),
            Counts.CERTIFICATE,
            36,
            _ON_THE_PAPER,
            _CERTIFIER,
            _GOODS,
        ),
        PaperType.SAFE_CHAIN: TypeFacts(  # followed up every year [OK]
            N_("Confirmation of a safe food supply chain"),
            N_("Safe supply chain"),
            Counts.CERTIFICATE,
            12,
            _ON_THE_PAPER,
            N_("The agency that confirmed the chain."),
            N_("The chain and its goods as named on the paper."),
        ),
        # QĐ 3156/QĐ-BNN-TT of 2022 [V]; says where, not how safely.
        PaperType.GROWING_AREA: TypeFacts(
            N_("Growing-area code"),
            N_("Growing-area code"),
            Counts.NOTHING,
            None,
            N_("The code itself, for example VN-48-20458-01-26."),
            N_("The agency that gave the code."),
            N_("Crop, variety, harvest time and market."),
            asks=frozenset({Extra.AREA, Extra.OUTPUT, Extra.STANDARD}),
        ),
        # NĐ 15/2018: the maker's own word about a packaged product [OK].
        PaperType.SELF_DECLARATION: TypeFacts(
            N_("Self-declaration of a product"),
            N_("Self-declared"),
            Counts.NOTHING,
            None,
            _ON_THE_PAPER,
            N_("The agency that received it."),
            N_("The product as it is named in the declaration."),
            note=N_("The maker's own declaration, received by the agency."),
        ),
        # NĐ 105/2017: craft production for sale needs a licence; five years [OK].
        PaperType.LIQUOR: TypeFacts(
            N_("Licence to make craft liquor"),
            N_("Liquor licence"),
            Counts.CERTIFICATE,
            60,
            _ON_THE_PAPER,
            N_("The agency that gave the licence."),
            N_("The kinds of liquor named on the licence."),
            asks=frozenset({Extra.OUTPUT}),
            alcohol_only=True,
        ),
        # NĐ 84/2021 and the rules on tracing forest products; a season or a year [OK].
        PaperType.HARVEST: TypeFacts(
            N_("Permit to gather in the forest, or confirmed list of forest products"),
            N_("Permit to gather"),
            Counts.NOTHING,
            12,
            _ON_THE_PAPER,
            N_("The ranger station or agency that confirmed it."),
            N_("The plants, the quantity and the place named on the paper."),
        ),
    }
)


def of_count(counts: Counts) -> tuple[PaperType, ...]:
    """The types that count for this."""
    return tuple(kind for kind, facts in TYPES.items() if facts.counts is counts)


ALCOHOL_ONLY = tuple(kind for kind, facts in TYPES.items() if facts.alcohol_only)
"""Papers about alcohol say nothing about other goods."""

LONGEST_NUMBER = 60
SHORTEST_NUMBER = 3
"""Numbers are free text: their look varies by issuer, so none is held against a pattern."""

STARS = (3, 4, 5)
