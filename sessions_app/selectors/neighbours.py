"""What stands around a session: the ones before and after it, and its history."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions_app.formatting import format_colour
from sessions_app.models import VERSIONED_MODELS, Change, TimeSession
from sessions_app.selectors.catalogue import Catalogue
from users_app.models import User

MAX_HISTORY = 200


def find_neighbours(user: User, session: TimeSession) -> list[TimeSession]:
    """The sessions that begin last before and first after this one, those there are. Two queries."""
    others = TimeSession.objects.for_user(user).not_deleted().exclude(id=session.id)
    is_before = Q(start__lt=session.start) | Q(start=session.start, id__lt=session.id)
    before = others.filter(is_before, start__lte=session.start).order_by("-start", "-id").first()
    after = others.filter(~is_before, start__gte=session.start).order_by("start", "id").first()
    return [each for each in (before, after) if each is not None]


def read_history(user: User, session: TimeSession) -> list[Change]:
    """The changes of a session, latest first, at most 200."""
    changes = Change.objects.filter(user=user, object_id=session.id).select_related("token", "operator")
    return list(changes.order_by("-id")[:MAX_HISTORY])


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that a change changed: what the model calls it, its value before and after; ids and colours as names."""

    label: str
    before: Any
    after: Any


def differences(change: Change, catalogue: Catalogue) -> Iterator[Difference]:
    """What a change did, field by field; of what was made or removed, what it had."""
    model = VERSIONED_MODELS[change.kind]
    before, after = model.read_tracked(change.before or {}), model.read_tracked(change.after or {})
    for name in model.TRACKED_FIELDS:
        if before[name] != after[name]:
            old, new = (_named(name, state[name], catalogue) for state in (before, after))
            yield Difference(_label(model, name), old, new)


def _named(name: str, value: Any, catalogue: Catalogue) -> Any:
    if name == "tag_ids":
        return ", ".join(catalogue.name(each) for each in value)
    if name == "colour":
        return format_colour(value)
    return catalogue.name(value) if name.endswith("_id") and value is not None else value


def _label(model: type[Any], name: str) -> str:
    if name == "tag_ids":
        return str(_("tags"))
    return str(getattr(model._meta.get_field(name), "verbose_name", name))  # noqa: SLF001  # documented
