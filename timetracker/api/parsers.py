"""The parser of request bodies: JSON of at most 1 MB, plain or compressed with gzip."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils import json as strict_json

from timetracker.api.encodings import read_decoded


class LimitedJSONParser(JSONParser):
    """A JSON parser that rejects bodies beyond the limit, which forms have, too, and duplicate keys.

    REST framework's parser reads a stream of any length, and takes the last of duplicate keys.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        request = (parser_context or {}).get("request")
        encoding = "" if request is None else request.headers.get("Content-Encoding", "")
        body = b"".join(read_decoded(stream, encoding, limit=limit))
        try:
            return strict_json.loads(
                body.decode(), parse_constant=strict_json.strict_constant, object_pairs_hook=_each_key_once
            )
        except RecursionError:
            raise ParseError(_("The body is nested too deeply.")) from None
        except UnicodeDecodeError:
            raise ParseError(_("The body is not UTF-8. Send it in that encoding.")) from None
        except json.JSONDecodeError as error:
            message = _("The body is no JSON. Look at line %(line)d, character %(column)d.")
            raise ParseError(message % {"line": error.lineno, "column": error.colno}) from None
        except ValueError:  # NaN or Infinity, or a number of thousands of digits
            raise ParseError(_("The body has a number that JSON has no form for.")) from None


class MergePatchParser(LimitedJSONParser):
    """A parser of JSON merge patches (RFC 7396)."""

    media_type = "application/merge-patch+json"


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ParseError(_("“%s” is there twice in one object. Send it once.") % twice[:50])
    return found
