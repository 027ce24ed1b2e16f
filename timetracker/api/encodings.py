"""Bodies of requests as they come, or compressed with gzip."""

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
    """Yields a body in pieces, as it was before it was compressed. `encoding` is its Content-Encoding, "" for none.

    Raises RequestDataTooBig when that is more than `limit` bytes, UnsupportedEncoding, and ParseError for what is not
    compressed as it says, breaks off, or goes on after its end.
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
