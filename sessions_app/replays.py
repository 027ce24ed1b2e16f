"""What was made by a request that is sent again with its idempotency key, also days later."""

from uuid import UUID

from sessions_app.models import RECORDED, Change, Kind, Recorded, TimeSession
from timetracker.errors import ReusedKeyError
from users_app.models import User


def find_made(user: User, kind: Kind, object_id: UUID, request: str) -> Recorded:
    """What the first request made, as it is now, or as it was when it was removed for good. Up to three queries.

    `request` is the SHA-256 of what is sent now. Raises ReusedKeyError when something else was sent at first.
    """
    changes = Change.objects.filter(user=user, kind=kind, object_id=object_id)
    first = changes.order_by("id").first()
    if first is None or first.before is not None or first.request != request:
        raise ReusedKeyError
    model = RECORDED[kind]
    row: Recorded | None = model._default_manager.filter(user=user, id=object_id).first()  # noqa: SLF001  # documented
    if row is None:
        last = changes.order_by("-id")[0]
        row = model(id=object_id, user=user)
        for name, value in row.read_snapshot(last.before or {}).items():
            setattr(row, name, value)
        row.derive()
    return row


def find_stopped(user: User, started: TimeSession) -> TimeSession | None:
    """The session that the start of another stopped, as it is now. Two queries."""
    start = Change.objects.filter(user=user, object_id=started.id, before__isnull=True).first()
    stop = Change.objects.filter(user=user, batch=start.batch, action=Change.Action.STOP).first() if start else None
    return None if stop is None else TimeSession.objects.for_user(user).filter(id=stop.object_id).first()
