"""Reads the sessions before and after a session."""

from django.db.models import Q

from sessions_app.models import TimeSession
from users_app.models import User


def find_neighbours(user: User, session: TimeSession) -> list[TimeSession]:
    """Returns the sessions that begin next before and next after a session, as far as they exist. Two queries."""
    others = TimeSession.objects.for_user(user).not_deleted().exclude(id=session.id)
    is_before = Q(start__lt=session.start) | Q(start=session.start, id__lt=session.id)
    before = others.filter(is_before, start__lte=session.start).order_by("-start", "-id").first()
    after = others.filter(~is_before, start__gte=session.start).order_by("start", "id").first()
    return [each for each in (before, after) if each is not None]
