"""The header Idempotency-Key as it is sent"""

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from timetracker.api.idempotency import InvalidKeyError, read_key


def read(**headers):
    return read_key(Request(RequestFactory().post("/", headers=headers)))


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("abc", "abc"),
        ('"abc"', "abc"),
        (" abc ", "abc"),
        ("0198abcd-0000-7000-8000-00000000abcd", "0198abcd-0000-7000-8000-00000000abcd"),
        ("!~", "!~"),
        ("x" * 255, "x" * 255),
    ],
)
def test_a_key_is_read_with_or_without_quotes(header, key):
    assert read(**{"Idempotency-Key": header}) == key


def test_without_the_header_there_is_none():
    assert read() is None


@pytest.mark.parametrize("header", ["", " ", "a b", "ä", "a\x7f", "x" * 256])
def test_what_is_no_key_is_rejected(header):
    with pytest.raises(InvalidKeyError):
        read(**{"Idempotency-Key": header})
