"""Decoding of request bodies that are compressed with gzip."""

import zlib
from collections.abc import Iterator
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError

from timetracker.api.problems import UnsupportedEncoding

_GZIP = zlib.MAX_WBITS | 16
_PIECE = 1 << 20


def read_decoded(stream: IO[Any], encoding: str, *, limit: int) -> Iterator[bytes]:
    """Yields the decompressed body in pieces. `encoding` is its Content-Encoding, "" for none.

    Raises RequestDataTooBig beyond `limit` decompressed bytes, UnsupportedEncoding, and ParseError for a body that is
    not valid gzip, incomplete, or followed by other bytes.
    """
    size = 0
    for piece in _decoded(stream, encoding.strip().lower()):
        size += len(piece)
        if size > limit:
            raise RequestDataTooBig
        yield piece


def _decoded(stream: IO[Any], encoding: str) -> Iterator[bytes]:
    if encoding in {"", "identity"}:
        while piece := stream.read(_PIECE):
            yield piece
        return
    if encoding not in {"gzip", "x-gzip"}:
        raise UnsupportedEncoding(encoding)
    decompressor = zlib.decompressobj(_GZIP)
    try:
        while piece := stream.read(_PIECE):
            while piece and not decompressor.eof:
                yield decompressor.decompress(piece, _PIECE)
                piece = decompressor.unconsumed_tail
            if piece or decompressor.unused_data:
                raise ParseError(_("The compressed body has more after its end. Compress it as one."))
        yield decompressor.flush()
    except zlib.error:
        raise ParseError(_("The body is not compressed with gzip, as Content-Encoding says.")) from None
    if not decompressor.eof:
        raise ParseError(_("The compressed body breaks off. Send all of it."))
