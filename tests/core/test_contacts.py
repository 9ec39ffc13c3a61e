"""Which ways of writing a telephone number are found, and which figures are none."""

from __future__ import annotations

import pytest

from marketplace.core.contacts import slug_without_numbers, without_contacts

NUMBERS = (
    "0-905.123.456",
    "0905 123 456",
    "0905.123.456",
    "0905-123-456",
    "0905123456",
    "+84905123456",
    "+84 905 123 456",
    "(+84) 905-123-456",
    "(+84)905123456",
    "84905123456",
    "84 905 123 456",
    "0084 905 123 456",
    "+84 (0) 905 123 456",
    "+84 0905 123 456",
    "０９０５１２３４５６",
    "０９０５ １２３ ４５６",
    "＋８４ ９０５ １２３ ４５６",
    "(0235) 3796 070",
    "（０２３５）３７９６０７０",
    "0235 3796070",
    "0235.3.796.070",
    "02363-123-456",
    "0236 – 3 847 111",
    "024 3825 1234",
    "(024) 38251234",
    "0 9 0 5 1 2 3 4 5 6",
    "0905 . 123 . 456",
    "0905_123_456",
    "0905 – 123 – 456",
    "090 512 34 56",
    "0511 3847 111",
    "01212 345 678",
    "1900 1234",
    "1900 54 54 55",
    "1800 6789",
    "0905·123·456",
    "(84) 905 123 456",
    "(84-235) 3796070",
    "+84-235-3796070",
)
FIGURES = (
    "giá từ 0 - 350.000.000 đồng",
    "vốn 0-500.000.000 đ",
    "mùa 01.05-30.09.26",
    "tháng 03 05 07 09 11",
    "loại 0.3 0.4 0.5 0.6 0.7",
    "MST 0401234567",
    "Giá 120.000.000 đồng",
    "Vốn 20 000 000 000",
    "Độ cao 1.050 m, ngày 01/02/2026",
    "84.500.000.000 đồng",
    "84 500 000 000 đồng",
    "84500000000đ",
    "Từ 02.05.2026 100 kg",
    "02-05-2026 - 10-06-2026",
    "02.2026 - 4.2026",
    "tháng 09 10 11 12 01",
    "tháng 03 - 04 - 05 - 06 - 07",
    "07.30-11.30 13.30-17.00",
    "1900-2020",
    "1900 - 2020",
    "từ 1900 2020",
    "mã 8936012345678",
    "gtin 08936012345678",
    "0123456789012",
    "2020 2021 2022",
    "năm 2025, 2026",
    "0,905 kg",
    "15.8801, 108.3380",
    "1.090.512.345 đồng",
    "10.905.123.456 đ",
    "2026-05-02 10:30",
    "ngày 02/05/2026 lúc 07:30",
    "500 kg, 1.200 hộp, 0,5 tấn",
    "12.000 - 15.000 đ",
    "số 12/2026/GCN-0123",
    "2.000.000 300.000 50.000",
    "01/2026 - 05/2026",
    "QCVN 01-2026, TCVN 5603:2008",
    "100 000 000",
    "VN-0123.45",
    "1900 2000 chai",
    "Lô 2026-0905-001",
    "mua 0 đồng",
)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "text", ["{}", "Gọi {} nhé", "đt:{}.", "Bán 25 kg, gọi {} 2 lần", "giá 120.000đ/kg {}"]
)
def test_a_telephone_number_goes_however_it_is_written(text: str, number: str) -> None:
    assert without_contacts(text.format(number)) == text.format("…")


@pytest.mark.parametrize("text", FIGURES)
def test_prices_years_quantities_codes_and_dates_stay(text: str) -> None:
    assert without_contacts(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Gọi 0905 123 456, 0935 123 456", "Gọi …, …"),
        ("0905123456,0935123456", "…,…"),
        ("0905 123 456 0935 123 456", "… …"),
        ("sđt0905123456", "sđt…"),
        ("Thư cho a.b@chợ.example!", "Thư cho …"),
    ],
)
def test_several_numbers_and_addresses_go(text: str, left: str) -> None:
    assert without_contacts(text).rstrip("!") == left


@pytest.mark.parametrize(
    ("slug", "left"),
    [
        ("mat-ong-goi-0905-123-456", "mat-ong-goi"),
        ("mat-ong-84905123456", "mat-ong"),
        ("goi-0235-3796-070-nhe", "goi-nhe"),
        ("0905123456", "muc"),
        ("ngo-nep-vu-2026-2027-500-kg", "ngo-nep-vu-2026-2027-500-kg"),
    ],
)
def test_an_address_made_of_a_title_names_no_number(slug: str, left: str) -> None:
    assert slug_without_numbers(slug) == left
