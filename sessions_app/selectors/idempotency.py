"""Requests that are sent again with their idempotency key, also days later: what they made at first.

`Change.request` of whatever such a request changed is its key and then the hash of its body, 32 digits each.
"""

from dataclasses import dataclass
from uuid import UUID

from sessions_app.models import VERSIONED_MODELS, Change, Kind, TimeSession, VersionedModel
from timetracker.errors import ReusedKeyError
from users_app.models import User


@dataclass(frozen=True, slots=True)
class RepeatedRequest:
    """A request that may be sent again. `key` and `body` are 32 hexadecimal digits each."""

    key: str
    body: str

    def __str__(self) -> str:
        return self.key + self.body


def find_first(user: User, request: RepeatedRequest) -> UUID | None:
    """The batch of the first request with this key, None when there was none. A query.

    Raises ReusedKeyError when its body was another.
    """
    changes = Change.objects.filter(user=user, request__gte=request.key, request__lt=f"{request.key}g")
    first = changes.order_by("request").values_list("request", "batch").first()
    if first is None:
        return None
    if first[0] != str(request):
        raise ReusedKeyError
    return UUID(str(first[1]))


def find_made(user: User, batch: UUID, kind: Kind) -> VersionedModel:
    """What a batch made of a kind, as it is now, or as it was when it was removed for good. Up to three queries."""
    made = Change.objects.filter(user=user, batch=batch, kind=kind, before__isnull=True).order_by("id")[0]
    return find_present(user, kind, made.object_id)


def find_present(user: User, kind: Kind, object_id: UUID) -> VersionedModel:
    """A row that was there once, as it is now, or as it was when it was removed for good. Up to two queries."""
    model = VERSIONED_MODELS[kind]
    row: VersionedModel | None = model._default_manager.filter(user=user, id=object_id).first()  # noqa: SLF001  # documented
    if row is not None:
        return row
    last = Change.objects.filter(user=user, kind=kind, object_id=object_id).order_by("-id")[0]
    gone = model(id=object_id, user=user)
    for name, value in gone.read_snapshot(last.before or {}).items():
        setattr(gone, name, value)
    gone.derive()
    return gone


def find_done(user: User, batch: UUID) -> set[tuple[UUID, str]]:
    """What a batch did to which session: their ids and actions. A query."""
    changes = Change.objects.filter(user=user, batch=batch, kind=Kind.SESSION)
    return set(changes.values_list("object_id", "action"))


def find_stopped(user: User, batch: UUID) -> TimeSession | None:
    """The session that a batch stopped, as it is now. Two queries."""
    stop = Change.objects.filter(user=user, batch=batch, action=Change.Action.STOP).first()
    return None if stop is None else TimeSession.objects.for_user(user).filter(id=stop.object_id).first()
