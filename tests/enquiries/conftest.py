"""Enquiries as visitors send them."""

from __future__ import annotations

import pytest

from marketplace.core.actor import ANONYMOUS
from marketplace.enquiries import services
from marketplace.enquiries.services import EnquiryValues
from marketplace.interests.models import InterestValues


def wish(email="", language="vi", **changes):
    values = {
        "contact_name": "Người hỏi thử",
        "contact_phone": "+84900000077",
        "message": "Cần hàng cho bếp ăn.",
        "quantity": 20_000,
    }
    asked = InterestValues(**(values | changes))
    return EnquiryValues("Bếp ăn minh họa", asked, email, language)


@pytest.fixture
def send():
    def send(listing, address="192.0.2.1", **changes):
        return services.submit(ANONYMOUS, listing.public_id, wish(**changes), address)

    return send
