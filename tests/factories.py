"""Users, tokens and sessions for tests, made by the services."""

from datetime import UTC, datetime
from typing import Any

from sessions_app import services
from sessions_app.models import Source, TimeSession
from users_app.models import AccessToken, Scope, User

WEB = services.Actor(Source.WEB)


def make_guest(*, timezone: str = "UTC", **fields: Any) -> User:
    return User.objects.create_guest(timezone=timezone, **fields)


def make_account(email: str = "mira@example.org", password: str = "correct horse battery", **fields: Any) -> User:
    return User.objects.create_user(email, password, **fields)


def make_token(user: User, *scopes: Scope) -> str:
    """Makes a token, with all scopes unless some are named, and returns its secret."""
    return AccessToken.objects.issue(user, scopes=scopes or tuple(Scope))[1]


def make_session(user: User, start: str, end: str, name: str = "", **fields: Any) -> TimeSession:
    """Makes a finished session. The times are ISO 8601 with an offset."""
    return services.save_session(user, WEB, start=instant(start), end=instant(end), name=name, **fields)


def start_session(user: User, start: str, name: str = "", **fields: Any) -> TimeSession:
    """Starts a session. A session that is running ends at its start."""
    started = services.start_timer(user, WEB, start=instant(start), name=name, **fields).started
    assert started is not None
    return started


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
