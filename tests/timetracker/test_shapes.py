"""What is answered, as JSON and as its description"""

import json
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from django.utils.translation import gettext_lazy
from msgspec import UNSET, UnsetType
from rest_framework.exceptions import ErrorDetail

from timetracker.api.renderers import ShapeRenderer
from timetracker.api.schema.extensions import shape_components
from timetracker.shapes import Instant, Money, Shape, encode_json, keys_of, money_text, whole_second


class Base(Shape, kw_only=True):
    updated_at: Instant


class Inner(Shape):
    """Something in it."""

    from_: int


class Outer(Base):
    """A shape."""

    display_name: str
    end: Instant | None
    price: Money | None
    inner: Inner | None
    hint: str | UnsetType = UNSET


AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
OUTER = Outer(display_name="Ada", end=None, price="80.50", inner=Inner(from_=1), updated_at=AT)


def test_keys_are_those_of_the_contract_and_in_order():
    assert encode_json(OUTER).decode() == (
        '{"displayName":"Ada","end":null,"price":"80.50","inner":{"from":1},"updatedAt":"2026-11-23T08:00:00Z"}'
    )
    assert keys_of(Outer) == ("displayName", "end", "price", "inner", "hint", "updatedAt")


def test_what_is_set_later_is_there():
    problem = Outer(display_name="", end=AT, price=None, inner=None, updated_at=AT)
    problem.hint = "Stop it first."

    assert json.loads(encode_json(problem))["hint"] == "Stop it first."


def test_a_shape_cannot_be_made_without_all_of_it():
    with pytest.raises(TypeError, match="price"):
        Outer(display_name="Ada", end=None, updated_at=AT)


@pytest.mark.parametrize("text", [gettext_lazy("Day"), ErrorDetail("Day", code="x")])
def test_texts_may_be_of_the_framework(text):
    assert encode_json({"detail": text}) == b'{"detail":"Day"}'


def test_what_is_no_json_is_a_fault():
    with pytest.raises(NotImplementedError):
        encode_json({"detail": object()})


@pytest.mark.parametrize(
    ("amount", "text"),
    [("80", "80.00"), ("80.5", "80.50"), ("80.5000", "80.50"), ("0.0001", "0.0001"), ("1E+3", "1000.00")],
)
def test_money_is_exact_with_two_decimals_or_more(amount, text):
    assert money_text(Decimal(amount)) == text


def test_instants_are_whole_seconds():
    assert encode_json(whole_second(AT.replace(microsecond=999_999))) == b'"2026-11-23T08:00:00Z"'


def test_the_description_is_made_of_the_same_shapes():
    components = shape_components(Outer)

    assert components.keys() == {"Outer", "Inner"}
    assert components["Outer"]["description"] == "A shape."
    assert components["Outer"]["required"] == ["displayName", "end", "price", "inner", "updatedAt"]
    assert components["Outer"]["properties"]["end"] == {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "UTC, whole seconds.",
    }
    assert components["Outer"]["properties"]["inner"] == {
        "oneOf": [{"$ref": "#/components/schemas/Inner"}, {"type": "null"}]
    }
    assert components["Inner"]["properties"] == {"from": {"type": "integer"}}


def test_no_answer_is_no_content():
    assert ShapeRenderer().render(None) == b""


def test_whoever_reads_may_have_it_indented():
    content = ShapeRenderer().render(OUTER, "application/json; indent=2")

    assert content.startswith(b'{\n  "displayName": "Ada",\n')
    assert msgspec.json.decode(content) == msgspec.json.decode(ShapeRenderer().render(OUTER))
