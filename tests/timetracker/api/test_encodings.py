"""Compressed bodies, cut into pieces at any place."""

import gzip
from io import BytesIO

import pytest
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError

from timetracker.api import encodings

TEXT = b"Logo @acme #design " * 40
SIZE = len(TEXT)
PACKED = gzip.compress(TEXT, mtime=0)


def decode(body, encoding="gzip", limit=SIZE):
    return b"".join(encodings.read_decoded(BytesIO(body), encoding, limit=limit))


@pytest.fixture(params=[1, 7, len(PACKED) - 1, len(PACKED), 1 << 20])
def _piece(request, monkeypatch):
    monkeypatch.setattr(encodings, "_PIECE", request.param)


@pytest.mark.usefixtures("_piece")
@pytest.mark.parametrize("encoding", ["gzip", "X-GZIP "])
def test_a_body_is_what_was_compressed(encoding):
    assert decode(PACKED, encoding) == TEXT
    assert decode(TEXT, "") == TEXT


@pytest.mark.usefixtures("_piece")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (PACKED + PACKED, "more after its end"),
        (PACKED + b"x", "more after its end"),
        (PACKED[:-1], "breaks off"),
        (b"", "breaks off"),
        (TEXT, "not compressed"),
    ],
)
def test_what_is_not_one_compressed_body_is_rejected(body, reason):
    with pytest.raises(ParseError, match=reason):
        decode(body)


@pytest.mark.usefixtures("_piece")
@pytest.mark.parametrize(("body", "encoding"), [(PACKED, "gzip"), (TEXT, "")])
def test_no_more_is_read_than_the_limit(body, encoding):
    with pytest.raises(RequestDataTooBig):
        decode(body, encoding, limit=SIZE - 1)
