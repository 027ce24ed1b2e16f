"""OpenAPI parameters for request and response headers, and the ids in examples."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter

Json = dict[str, Any]

EXAMPLE_USER_ID: Final = "6f0c1f5e-0f5b-4b7e-8d0b-3c1a5f2e9d47"
EXAMPLE_SESSION_ID: Final = "019cad6e-2f00-7c3e-9a51-6d0b8a4f7e21"
"""Ids of existing objects in examples. curl commands have the variables USER_ID and SESSION_ID in their place."""

HEADERS: Final[dict[str, Json]] = {
    "X-Request-Id": {
        "description": "Names the request in the server's logs: the one it brought, else a new one.",
        "required": True,
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "Each limit that counted this request: its quota `q` and window `w` in seconds.",
        "schema": {"type": "string"},
        "example": '"token";q=300;w=60',
    },
    "RateLimit": {
        "description": "How many requests are left (`r`), and in how many seconds there will be more (`t`).",
        "schema": {"type": "string"},
        "example": '"token";r=299;t=60',
    },
    "ETag": {
        "description": "What this state is known by, to be sent back as `If-Match` or `If-None-Match`.",
        "required": True,
        "schema": {"type": "string"},
        "example": '"1"',
    },
    "Retry-After": {
        "description": "In how many seconds to try again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
        "example": 1,
    },
    "WWW-Authenticate": {"required": True, "schema": {"type": "string"}, "example": "Bearer"},
    "Location": {
        "description": "The address of what was made.",
        "required": True,
        "schema": {"type": "string"},
        "example": f"/v1/users/me/sessions/{EXAMPLE_SESSION_ID}",
    },
    "Idempotency-Replayed": {
        "description": "`true` when the request had been done before; the answer is that of then.",
        "schema": {"type": "string", "const": "true"},
    },
}


def _sent(name: str, description: str, **schema: Any) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", **schema}, OpenApiParameter.HEADER, description=description)


def _answered(name: str, *statuses: int) -> OpenApiParameter:
    return OpenApiParameter(name, HEADERS[name]["schema"], OpenApiParameter.HEADER, response=[*statuses])


_IDEMPOTENCY_KEY = _sent(
    "Idempotency-Key",
    "Makes the request safe to repeat, also days later: the same key and body give the first answer again. "
    "A new key, such as a UUID, for each new request.",
    pattern="^[!-~]{1,255}$",
)
_ID_KEY = _sent(
    "Idempotency-Key",
    "Stands for an id: sent again, it makes no second one and is refused with 409, for a secret is told once.",
    pattern="^[!-~]{1,255}$",
)
_IF_MATCH = _sent("If-Match", "Only change this state (an `ETag`); else 412.")
_IF_NONE_MATCH = _sent("If-None-Match", "The `ETag` that is known already; then 304.")

# Values for an action's `parameters`, by the headers that it supports.
READS = [_IF_NONE_MATCH, _answered("ETag", 200)]
WRITES = [_IF_MATCH, _answered("ETag", 200)]
PUTS = [_IF_MATCH, _answered("ETag", 200, 201), _answered("Location", 201)]
DELETES = [_IF_MATCH]
REPEATS = [_IDEMPOTENCY_KEY, _answered("Idempotency-Replayed", 200, 201)]
MAKES = [*REPEATS, _answered("ETag", 200, 201), _answered("Location", 201)]
TOGGLES = [*REPEATS, _answered("ETag", 201), _answered("Location", 201)]
MAKES_SECRET = [_ID_KEY]
