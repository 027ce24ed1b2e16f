"""What stands around a session: the ones before and after it, and its history."""

from django.db.models import Q

from sessions_app.models import Change, TimeSession
from users_app.models import User

LONGEST_HISTORY = 200


def find_neighbours(user: User, session: TimeSession) -> list[TimeSession]:
    """The sessions that begin last before and first after this one, those there are. Two queries."""
    others = TimeSession.objects.for_user(user).kept().exclude(id=session.id)
    is_before = Q(start__lt=session.start) | Q(start=session.start, id__lt=session.id)
    before = others.filter(is_before, start__lte=session.start).order_by("-start", "-id").first()
    after = others.filter(~is_before, start__gte=session.start).order_by("start", "id").first()
    return [each for each in (before, after) if each is not None]


def read_history(user: User, session: TimeSession) -> list[Change]:
    """The changes of a session, latest first, at most 200."""
    changes = Change.objects.filter(user=user, session_id=session.id).select_related("token", "operator")
    return list(changes.order_by("-id")[:LONGEST_HISTORY])
