"""The header Idempotency-Key: one new thing per key, however often the request arrives."""

import hashlib
import json
import uuid

from rest_framework.request import Request

from sessions_app.selectors.idempotency import RepeatedRequest
from timetracker.api.idempotency import read_key
from users_app.models import User


def read_repeated(request: Request, user: User) -> RepeatedRequest | None:
    """What the header Idempotency-Key says, None without it. Raises InvalidKeyError.

    A key belongs to its user. Requests are the same when they send the same JSON to the same address.
    """
    key = read_key(request)
    if key is None:
        return None
    path = request.path.partition(f"/{request.parser_context['kwargs']['user_id']}/")[2]
    body = json.dumps([_ALIASES.get(path, path), request.data], sort_keys=True, default=str)
    return RepeatedRequest(
        uuid.uuid5(user.id, key).hex,
        hashlib.sha256(body.encode(errors="surrogatepass")).hexdigest()[:32],
    )


_ALIASES = {"session": "sessions"}
"""Addresses at which the same thing happens."""
