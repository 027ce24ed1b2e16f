from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from timetracker.money import (
    CURRENCIES,
    MAX_RATE_DECIMALS,
    MAX_RATE_DIGITS,
    RATE_LIMIT,
    RateError,
    calculate_amount,
    format_amount,
    format_rate,
    format_rate_input,
    parse_rate,
)

HOUR = 3600
UNKNOWN = r"^“XYZ” is not a currency of ISO 4217\.$"

currencies = st.sampled_from(sorted(CURRENCIES))
rates = st.integers(0, 10**MAX_RATE_DIGITS - 1).map(lambda number: Decimal(f"{number}E-{MAX_RATE_DECIMALS}"))
plain_rates = st.integers(0, 300_00).map(lambda cents: Decimal(f"{cents}E-2"))
parts = st.lists(st.tuples(st.integers(0, 400 * HOUR), rates | plain_rates), max_size=6)


def eur(text):
    return f"{text}\N{NO-BREAK SPACE}EUR"


def written_amount(parts, digits):
    """The amount in digits, by long division to one digit more than is kept: that one alone decides."""
    numerator = sum(seconds * int(str(rate.quantize(Decimal("0.0001"))).replace(".", "")) for seconds, rate in parts)
    stored, dropped = divmod(numerator * 10 ** (digits + 1) // (HOUR * 10**4), 10)
    text = str(stored + ("56789".find(str(dropped)) >= 0)).zfill(digits + 1)
    return f"{text[:-digits]}.{text[-digits:]}" if digits else text


class TestCurrencies:
    @pytest.mark.parametrize(
        ("currency", "digits"),
        [
            *[(code, 2) for code in ("EUR", "USD", "GBP", "CHF", "PLN", "HUF", "TWD", "IDR", "MRU", "MGA", "XCD")],
            *[(code, 0) for code in ("JPY", "KRW", "VND", "CLP", "ISK", "PYG", "UGX", "XAF", "XOF", "XPF")],
            *[(code, 3) for code in ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")],
        ],
    )
    def test_have_the_digits_of_their_minor_unit(self, currency, digits):
        assert CURRENCIES[currency] == digits

    @pytest.mark.parametrize(("old", "new"), [("SLL", "SLE"), ("ZWL", "ZWG"), ("ANG", "XCG"), ("BGN", "EUR")])
    def test_are_those_in_use(self, old, new):
        assert new in CURRENCIES
        assert old not in CURRENCIES

    @pytest.mark.parametrize(
        "code",
        [
            *["XXX", "XTS", "XAU", "XAG", "XPD", "XPT", "XDR", "XUA", "XSU", "XAD"],
            *["BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW", "eur", ""],
        ],
    )
    def test_are_no_funds_metals_or_tests(self, code):
        assert code not in CURRENCIES

    def test_are_in_order_and_each_once(self):
        assert list(CURRENCIES) == sorted(CURRENCIES)
        assert len(CURRENCIES) == 155
        assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CURRENCIES)

    def test_never_change(self):
        with pytest.raises(TypeError):
            CURRENCIES["EUR"] = 3


class TestAmount:
    @pytest.mark.parametrize(
        ("parts", "currency", "expected"),
        [
            ([], "EUR", "0.00"),
            ([], "JPY", "0"),
            ([], "BHD", "0.000"),
            ([(HOUR, "80")], "EUR", "80.00"),
            ([(5400, "80.50")], "EUR", "120.75"),
            ([(1, "80")], "EUR", "0.02"),
            ([(HOUR, "0")], "EUR", "0.00"),
            ([(0, "80")], "EUR", "0.00"),
            # a third and a sixth of an hour
            ([(1200, "100")], "EUR", "33.33"),
            ([(600, "100")], "EUR", "16.67"),
            # half a cent exactly goes up, after even and odd digits; a hair less does not
            ([(1800, "0.01")], "EUR", "0.01"),
            ([(1800, "0.03")], "EUR", "0.02"),
            ([(1800, "0.05")], "EUR", "0.03"),
            ([(1800, "2.01")], "EUR", "1.01"),
            ([(HOUR, "1.0049")], "EUR", "1.00"),
            ([(HOUR, "1.0050")], "EUR", "1.01"),
            ([(1799, "0.01")], "EUR", "0.00"),
            # rounded once: each third of an hour alone is 33.33, each half cent alone a cent
            ([(1200, "100")] * 3, "EUR", "100.00"),
            ([(1800, "0.01")] * 4, "EUR", "0.02"),
            ([(1200, "80"), (1200, "50"), (1200, "33.3333")], "EUR", "54.44"),
            # no minor unit, and thousandths
            ([(1800, "8001")], "JPY", "4001"),
            ([(1200, "8000")], "JPY", "2667"),
            ([(1, "1799.9999")], "JPY", "0"),
            ([(1, "1800")], "KRW", "1"),
            ([(1200, "12.500")], "BHD", "4.167"),
            ([(1800, "0.001")], "BHD", "0.001"),
            # as large as it gets, to the cent
            ([(10**9 * HOUR, "99999999.9999")], "EUR", "99999999999900000.00"),
            ([(10**12 * HOUR + 1800, "99999999.9999")], "BHD", "99999999999950000000.000"),
            ([(10**12 * HOUR + 1800, "99999999.9899")], "BHD", "99999999989949999999.995"),
        ],
    )
    def test_is_the_sum_rounded_once(self, parts, currency, expected):
        amount = calculate_amount([(seconds, Decimal(rate)) for seconds, rate in parts], currency)

        assert str(amount) == expected

    def test_differs_from_the_sum_of_rounded_parts(self):
        parts = [(1200, Decimal(100))] * 3

        assert calculate_amount(parts, "EUR") == 100
        assert sum(calculate_amount([part], "EUR") for part in parts) == Decimal("99.99")

    def test_takes_what_can_be_walked_only_once(self):
        assert calculate_amount(((HOUR, Decimal(rate)) for rate in (1, 2)), "EUR") == 3

    def test_is_exact_whatever_decimals_are_told(self):
        with localcontext(prec=2, rounding=ROUND_DOWN):
            assert str(calculate_amount([(600, Decimal("12345.6789"))], "EUR")) == "2057.61"

    def test_needs_a_known_currency(self):
        with pytest.raises(ValueError, match=UNKNOWN):
            calculate_amount([], "XYZ")

    @given(parts=parts, currency=currencies)
    @example(parts=[(1800, Decimal("0.01"))], currency="EUR")
    @example(parts=[(1800, Decimal("0.001")), (1800, Decimal("0.002"))], currency="BHD")
    def test_is_that_of_long_division(self, parts, currency):
        assert str(calculate_amount(parts, currency)) == written_amount(parts, CURRENCIES[currency])

    @given(parts=parts, currency=currencies)
    def test_is_half_a_minor_unit_away_at_most(self, parts, currency):
        exact = sum((Fraction(rate) * seconds / HOUR for seconds, rate in parts), Fraction())
        off = Fraction(calculate_amount(parts, currency)) - exact

        assert -1 < 2 * off * 10 ** CURRENCIES[currency] <= 1

    @given(parts=parts, currency=currencies, data=st.data())
    def test_depends_on_no_order_and_no_cut(self, parts, currency, data):
        shuffled = data.draw(st.permutations(parts))
        cut = [piece for seconds, rate in shuffled for piece in ((seconds // 3, rate), (seconds - seconds // 3, rate))]

        assert calculate_amount(cut, currency) == calculate_amount(parts, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0", "EUR", "0.00 EUR"),
        ("0.05", "EUR", "0.05 EUR"),
        ("80", "EUR", "80.00 EUR"),
        ("999.99", "EUR", "999.99 EUR"),
        ("1234.5", "EUR", "1,234.50 EUR"),
        ("1234.5000", "EUR", "1,234.50 EUR"),  # as a column with more places gives it
        ("99999999999900000", "EUR", "99,999,999,999,900,000.00 EUR"),
        ("1E+3", "EUR", "1,000.00 EUR"),
        ("4001", "JPY", "4,001 JPY"),
        ("4001.00", "JPY", "4,001 JPY"),
        ("4.167", "BHD", "4.167 BHD"),
        ("4", "BHD", "4.000 BHD"),
        ("-1234.5", "EUR", "−1,234.50 EUR"),
        ("-4001", "JPY", "−4,001 JPY"),
        ("-0", "EUR", "0.00 EUR"),
    ],
)
def test_an_amount_shows_its_minor_unit(amount, currency, expected):
    assert format_amount(Decimal(amount), currency) == expected.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(("amount", "currency"), [("0.005", "EUR"), ("0.5", "JPY"), ("-80.001", "EUR")])
def test_an_amount_is_not_rounded_where_it_is_written(amount, currency):
    with pytest.raises(ValueError, match=r"^An amount of [A-Z]{3} has at most [02] decimals\.$"):
        format_amount(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("rate", "currency", "expected"),
    [
        ("80", "EUR", "80.00 EUR"),
        ("80.5", "EUR", "80.50 EUR"),
        ("80.0000", "EUR", "80.00 EUR"),
        ("33.3333", "EUR", "33.3333 EUR"),
        ("33.3300", "EUR", "33.33 EUR"),
        ("33.3330", "EUR", "33.333 EUR"),
        ("1200", "EUR", "1,200.00 EUR"),
        ("99999999.9999", "EUR", "99,999,999.9999 EUR"),
        ("0", "EUR", "0.00 EUR"),
        ("8000.0000", "JPY", "8,000 JPY"),
        ("8000.5", "JPY", "8,000.5 JPY"),
        ("12.5", "BHD", "12.500 BHD"),
        ("12.5001", "BHD", "12.5001 BHD"),
    ],
)
def test_a_rate_shows_its_minor_unit_and_what_else_it_has(rate, currency, expected):
    assert format_rate(Decimal(rate), currency) == expected.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize("write", [format_amount, format_rate])
def test_nothing_is_written_in_an_unknown_currency(write):
    with pytest.raises(ValueError, match=UNKNOWN):
        write(Decimal(80), "XYZ")


def test_writing_is_exact_whatever_decimals_are_told():
    with localcontext(prec=2, rounding=ROUND_DOWN):
        assert format_amount(Decimal("123456.78"), "EUR") == eur("123,456.78")
        assert format_rate(Decimal("123456.7891"), "EUR") == eur("123,456.7891")
        assert format_rate_input(Decimal("123456.7891")) == "123456.7891"


@given(parts=parts, currency=currencies)
def test_what_is_written_is_the_amount(parts, currency):
    amount = calculate_amount(parts, currency)
    number, code = format_amount(amount, currency).split("\N{NO-BREAK SPACE}")

    assert code == currency
    assert number.replace(",", "") == str(amount)


class TestTypedRates:
    @pytest.mark.parametrize("blank", ["", " ", "\t\n", "\N{NO-BREAK SPACE}"])
    def test_blank_is_none(self, blank):
        assert parse_rate(blank) is None

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("80", "80"),
            (" 80 ", "80"),
            ("0", "0"),
            ("080", "80"),
            ("80.5", "80.5"),
            ("80,50", "80.50"),
            ("80.1234", "80.1234"),
            ("80,1234", "80.1234"),
            (".5", "0.5"),
            (",5", "0.5"),
            ("1200", "1200"),
            ("1 200", "1200"),
            ("1\N{NO-BREAK SPACE}200", "1200"),
            ("1\N{NARROW NO-BREAK SPACE}200,50", "1200.50"),
            ("1'200.50", "1200.50"),
            ("1’200.50", "1200.50"),
            ("1,200.50", "1200.50"),
            ("1.200,50", "1200.50"),
            ("12,345.6", "12345.6"),
            ("1,234,567", "1234567"),
            ("1.234.567", "1234567"),
            ("1.234.567,89", "1234567.89"),
            ("1 234 567.89", "1234567.89"),
            ("99999999.9999", "99999999.9999"),
            ("99,999,999.9999", "99999999.9999"),
            # three digits after a separator, and yet only one reading
            ("0.125", "0.125"),
            ("0,125", "0.125"),
            (".125", "0.125"),
            ("1234.567", "1234.567"),
            ("1234,567", "1234.567"),
            ("1 234,567", "1234.567"),
            ("1,234.567", "1234.567"),
            ("1.234,567", "1234.567"),
            ("12.5000", "12.5"),
        ],
    )
    def test_numbers_are_read_as_users_write_them(self, text, expected):
        assert parse_rate(text) == Decimal(expected)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            *[(text, "not_a_number") for text in ("abc", "80 EUR", "€80", "80/h", "1e3", "NaN", "Infinity", "0x10")],
            *[(text, "not_a_number") for text in ("-", "−", ".", ",", "-.", "80.", "80,", "+80", "- 80", "٣", "８０")],
            *[(text, "not_a_number") for text in ("1 20", "12 34", "1 2000", "1  200", "1234 567", "0 200", "0,200.5")],
            *[(text, "not_a_number") for text in ("1,20,300", "1,200,50", "1.200.50", "1,200,5000", "1.2,3", "1,2.3")],
            *[(text, "not_a_number") for text in ("1.200 300", "1 200.300,4", "1,,200", "8_0", "--80", "1,200'300")],
            *[(text, "negative") for text in ("-80", "−80", "-0.01", "-1,200", "-1.23456", " -80,5 ")],
            *[(text, "ambiguous") for text in ("1,200", "1.200", "12,500", "12.500", "999.999", "1,000", " 1.200 ")],
            *[(text, "too_precise") for text in ("80.12345", "80,12345", "0.00001", "80.00000", "100000000.12345")],
            *[(text, "too_large") for text in ("100000000", "100 000 000", "100,000,000.00", "9" * 5000)],
        ],
    )
    def test_everything_else_has_its_reason(self, text, reason):
        with pytest.raises(RateError) as raised:
            parse_rate(text)

        assert raised.value.reason == reason
        assert isinstance(raised.value, ValueError)
        assert str(raised.value)

    def test_limits_are_those_of_a_column(self):
        assert len(str(RATE_LIMIT - 1)) == MAX_RATE_DIGITS - MAX_RATE_DECIMALS
        assert parse_rate(str(RATE_LIMIT - 1)) == RATE_LIMIT - 1

    @given(st.text(max_size=12) | st.text("0123456789,. -'", max_size=14))
    def test_whatever_is_typed_is_a_rate_or_rejected(self, text):
        try:
            rate = parse_rate(text)
        except RateError:
            return
        assert rate is None or 0 <= rate < RATE_LIMIT
        assert (rate is None) == (not text.strip())
        assert rate is None or -rate.as_tuple().exponent <= MAX_RATE_DECIMALS

    @given(
        rate=rates,
        style=st.sampled_from([("", "."), ("", ","), (" ", "."), (" ", ","), (",", "."), (".", ","), ("’", ".")]),
        padding=st.sampled_from(["", " ", "\N{NO-BREAK SPACE}"]),
    )
    def test_each_way_of_grouping_is_read(self, rate, style, padding):
        group, point = style
        text = f"{rate:,.4f}".translate({ord(","): group, ord("."): point})

        assert parse_rate(f"{padding}{text}{padding}") == rate

    @given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(",."))
    def test_what_may_be_thousands_or_thousandths_is_asked_about(self, whole, rest, separator):
        with pytest.raises(RateError) as raised:
            parse_rate(f"{whole}{separator}{rest:03}")

        assert raised.value.reason == "ambiguous"

    @pytest.mark.parametrize(
        ("rate", "text"),
        [
            ("0", "0"),
            ("80", "80"),
            ("80.0000", "80"),
            ("80.5", "80.50"),
            ("80.55", "80.55"),
            ("33.333", "33.3330"),  # 33.333 would be asked about
            ("33.3333", "33.3333"),
            ("1200", "1200"),
            ("1E+3", "1000"),
        ],
    )
    def test_a_field_shows_a_rate_as_it_may_be_typed(self, rate, text):
        assert format_rate_input(Decimal(rate)) == text

    @given(rates | plain_rates)
    def test_what_a_field_shows_is_read_back(self, rate):
        assert parse_rate(format_rate_input(rate)) == rate
