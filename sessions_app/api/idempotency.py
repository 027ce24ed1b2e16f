"""Idempotent requests: one new object per Idempotency-Key, however often a request arrives.

There is no table of keys. `Changeset.request` has a hash of the key and a hash of the body, 32 digits each. The id of
the new object is derived from the key.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID, uuid5

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app import services
from sessions_app.models import VERSIONED_MODELS, Change, Changeset, Kind, TimeSession, VersionedModel
from timetracker.api.idempotency import read_key
from timetracker.errors import ReusedKeyError
from users_app.models import User
from users_app.services.merged import aliases_of, holder_of

_ALIASES = {"session": "sessions"}
"""Parts of paths that are equivalent."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt of a request that creates an object. `actor` has the request's key, `new_id` is the object's id.

    `earlier` is the changeset of an earlier attempt that did the request; then there is nothing left to do.
    """

    actor: services.Actor
    new_id: UUID | None = None
    earlier: Changeset | None = None


@contextmanager
def attempt(
    request: Request, user: User, actor: services.Actor, *, is_always_remembered: bool = False
) -> Iterator[Attempt]:
    """Yields the attempt; with a key, inside the changeset of the request.

    `is_always_remembered` also recognises a repeated request that had nothing to write. Of two attempts at once, one
    waits for the other and finds its result. Keys of different users are independent. Raises InvalidKeyError, and
    ReusedKeyError for a key that was used with another body or URL.
    """
    key = read_key(request)
    if key is None:
        yield Attempt(actor)
        return
    new_id, name = _id_and_name(request, user, key)
    with services.changeset(user, replace(actor, request=name)) as changes:
        earlier = _find_earlier(user.id, new_id.hex, name) or _find_of_guests(user, key, name)
        yield Attempt(replace(actor, request=name), new_id, earlier)
        if is_always_remembered and earlier is None:
            changes.remember_request()


def attempt_in_parts(request: Request, user: User, actor: services.Actor) -> Attempt:
    """Returns the attempt of a request that may write in parts, without opening a transaction.

    `earlier` may be unfinished. Of two attempts at once, both may find no earlier one; the later has to call this
    again. Raises the errors of `attempt`.
    """
    key = read_key(request)
    if key is None:
        return Attempt(actor)
    new_id, name = _id_and_name(request, user, key)
    earlier = _find_earlier(user.id, new_id.hex, name) or _find_of_guests(user, key, name)
    return Attempt(replace(actor, request=name), new_id, earlier)


def _id_and_name(request: Request, user: User, key: str) -> tuple[UUID, str]:
    """Returns the id for the new object of a request, and the value of `Changeset.request`."""
    new_id = uuid5(user.id, key)
    return new_id, new_id.hex + _content_hash(request)


def replayed(response: Response) -> Response:
    """Marks and returns the response to a repeated request."""
    response["Idempotency-Replayed"] = "true"
    return response


def _content_hash(request: Request) -> str:
    """Returns 32 digits that are equal for requests with the same JSON to the same URL."""
    path = request.path.partition(f"/{request.parser_context['kwargs']['user_id']}/")[2]
    content = json.dumps([_ALIASES.get(path, path), request.data], sort_keys=True, default=str)
    return hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest()[:32]


def _find_of_guests(user: User, key: str, name: str) -> Changeset | None:
    """Returns the changeset of a request that was made before a guest was merged into this user."""
    for guest_id in aliases_of(user):
        guests_key = uuid5(guest_id, key).hex
        earlier = _find_earlier(guest_id, guests_key, guests_key + name[len(guests_key) :])
        if earlier is not None:
            return earlier
    return None


def _find_earlier(user_id: UUID, key: str, name: str) -> Changeset | None:
    found = Changeset.objects.filter(user=user_id, request__gte=key, request__lt=f"{key}g")
    first = found.order_by("request").first()
    if first is not None and first.request != name:
        raise ReusedKeyError
    return first


def _changes_of(changeset: Changeset) -> QuerySet[Change]:
    """Returns the changes of a changeset, which requests with a key write in one transaction."""
    return Change.objects.filter(user=changeset.user_id, revision=changeset.revision)


def find_made(made_by: Changeset, kind: Kind) -> VersionedModel:
    """Returns the object of a kind that a changeset created, as `find_present` does. Up to three queries."""
    made = find_made_if_any(made_by, kind)
    assert made is not None  # noqa: S101 - the caller knows
    return made


def find_made_if_any(made_by: Changeset, kind: Kind) -> VersionedModel | None:
    """Returns the same as `find_made`; None if the changeset created no object of the kind."""
    made = _changes_of(made_by).filter(kind=kind, before__isnull=True).order_by("number").first()
    return None if made is None else find_present(_holder(made_by), kind, made.object_id)


def find_present(user: User, kind: Kind, object_id: UUID) -> VersionedModel:
    """Returns a row in its present state, or the last one if it was removed for good. Up to two queries."""
    model = VERSIONED_MODELS[kind]
    row: VersionedModel | None = model.objects.for_user(user).filter(id=object_id).first()
    if row is not None:
        return row
    last = Change.objects.filter(user=user, kind=kind, object_id=object_id).order_by("-revision", "-number")[0]
    gone = model(id=object_id, user=user)
    for name, value in gone.read_snapshot(last.before or {}).items():
        setattr(gone, name, value)
    gone.set_derived_fields()
    return gone


def find_done(made_by: Changeset) -> set[tuple[UUID, str]]:
    """Returns pairs of session id and action that a changeset did. One query."""
    changes = _changes_of(made_by).filter(kind=Kind.SESSION)
    return set(changes.values_list("object_id", "action"))


def find_stopped(made_by: Changeset) -> TimeSession | None:
    """Returns the session that a changeset stopped or discarded, as `find_present` does. Up to three queries."""
    stop = _changes_of(made_by).filter(action__in=[Change.Action.STOP, Change.Action.DISCARD]).first()
    if stop is None:
        return None
    return cast("TimeSession", find_present(_holder(made_by), Kind.SESSION, stop.object_id))


def _holder(made_by: Changeset) -> User:
    """Returns the present owner of a changeset's rows: the account that its guest was merged into, else its user."""
    return User.objects.get(pk=holder_of(made_by.user_id))
