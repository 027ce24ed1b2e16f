"""The request header Idempotency-Key."""

import re

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request


class InvalidKeyError(APIException):
    """Raised for an invalid Idempotency-Key."""

    status_code = 400
    default_code = "invalid_idempotency_key"


def read_key(request: Request) -> str | None:
    """Returns the key in the header, without quotes; None without the header. Raises InvalidKeyError.

    A key is 1 to 255 visible characters of ASCII, in quotes or not.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    key = header.strip()
    if not re.fullmatch(r"[\x21-\x7e]{1,255}", key):
        raise InvalidKeyError(_("An Idempotency-Key is 1 to 255 visible characters, such as a UUID."))
    return key.removeprefix('"').removesuffix('"')
