"""Requests that are sent again with their idempotency key, also days later: what they made at first.

`Changeset.request` is the key of such a request and then the hash of its body, 32 digits each.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from sessions_app.models import VERSIONED_MODELS, Change, Changeset, Kind, TimeSession, VersionedModel
from timetracker.errors import ReusedKeyError
from users_app.models import User


@dataclass(frozen=True, slots=True)
class RepeatedRequest:
    """A request that may be sent again. `key` and `body` are 32 hexadecimal digits each."""

    key: str
    body: str

    def __str__(self) -> str:
        return self.key + self.body


def find_first(user: User, request: RepeatedRequest) -> Changeset | None:
    """Finds the changeset of the first request with this key; None when there was none. One query.

    Raises ReusedKeyError when its body was another.
    """
    found = Changeset.objects.filter(user=user, request__gte=request.key, request__lt=f"{request.key}g")
    first = found.order_by("request").first()
    if first is not None and first.request != str(request):
        raise ReusedKeyError
    return first


def changes_of(changeset: Changeset) -> "QuerySet[Change]":
    """The changes of a changeset."""
    return Change.objects.filter(user=changeset.user_id, revision=changeset.revision)


def find_made(made_by: Changeset, kind: Kind) -> VersionedModel:
    """What a changeset made of a kind, as it is now, or as it was when it was removed for good. Up to three queries."""
    made = changes_of(made_by).filter(kind=kind, before__isnull=True).order_by("number")[0]
    return find_present(made_by.user, kind, made.object_id)


def find_present(user: User, kind: Kind, object_id: UUID) -> VersionedModel:
    """A row that was there once, as it is now, or as it was when it was removed for good. Up to two queries."""
    model = VERSIONED_MODELS[kind]
    row: VersionedModel | None = model._default_manager.filter(user=user, id=object_id).first()  # noqa: SLF001  # documented
    if row is not None:
        return row
    last = Change.objects.filter(user=user, kind=kind, object_id=object_id).order_by("-revision", "-number")[0]
    gone = model(id=object_id, user=user)
    for name, value in gone.read_snapshot(last.before or {}).items():
        setattr(gone, name, value)
    gone.set_derived_fields()
    return gone


def find_done(made_by: Changeset) -> set[tuple[UUID, str]]:
    """What a changeset did to which session: their ids and actions. A query."""
    changes = changes_of(made_by).filter(kind=Kind.SESSION)
    return set(changes.values_list("object_id", "action"))


def find_stopped(made_by: Changeset) -> TimeSession | None:
    """The session that a changeset stopped, as it is now. Two queries."""
    stop = changes_of(made_by).filter(action=Change.Action.STOP).first()
    return None if stop is None else TimeSession.objects.for_user(made_by.user).filter(id=stop.object_id).first()
