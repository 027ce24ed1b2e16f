"""The header Idempotency-Key: one new thing per key, however often the request arrives."""

import hashlib
import json
import re
import uuid

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from sessions_app.replays import RepeatedRequest
from users_app.models import User


class InvalidKeyError(APIException):
    """An Idempotency-Key that is none."""

    status_code = 400
    default_code = "invalid_idempotency_key"


def read_repeated(request: Request, user: User) -> RepeatedRequest | None:
    """What the header Idempotency-Key says, None without it. Raises InvalidKeyError.

    A key is 1 to 255 visible characters of ASCII, in quotes or not, and belongs to its user. Requests are the same when
    they send the same JSON to the same address.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    key = header.strip()
    if not re.fullmatch(r"[\x21-\x7e]{1,255}", key):
        raise InvalidKeyError(_("An Idempotency-Key is 1 to 255 visible characters, such as a UUID."))
    unquoted = key.removeprefix('"').removesuffix('"')
    path = request.path.partition(f"/{request.parser_context['kwargs']['user_id']}/")[2]
    body = json.dumps([_ALIASES.get(path, path), request.data], sort_keys=True, default=str)
    return RepeatedRequest(
        uuid.uuid5(user.id, unquoted).hex,
        hashlib.sha256(body.encode(errors="surrogatepass")).hexdigest()[:32],
    )


_ALIASES = {"session": "sessions"}
"""Addresses at which the same thing happens."""
