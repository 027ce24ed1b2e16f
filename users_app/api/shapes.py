"""Users and their tokens as the API answers them."""

from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta

from timetracker.api.shapes import Instant, Shape, one_of, whole_second
from users_app import models
from users_app.models import AccessToken, Clock, DateFormat, DurationFormat, Scope, WeekStart

WEEKDAYS = [day.name.lower() for day in WeekStart]
Weekday = Annotated[str, one_of(*WEEKDAYS)]


class User(Shape):
    """A user: what they are called and how they want times written."""

    id: UUID
    email: Annotated[str, Meta(extra_json_schema={"format": "email"})] | None
    display_name: Annotated[str, Meta(max_length=models.User.NAME_LENGTH, examples=["Ada"])]
    timezone: Annotated[str, Meta(examples=["Europe/Berlin"])]
    week_start: Weekday
    clock: Annotated[str, one_of(*Clock.values)]
    date_format: Annotated[str, one_of(*DateFormat.values)]
    duration_format: Annotated[str, one_of(*DurationFormat.values)]
    long_session_hours: Annotated[int, Meta(examples=[10])]
    notes_last_seen: bool
    created_at: Instant

    @classmethod
    def of(cls, user: models.User) -> Self:
        """Returns a user as JSON shows them."""
        return cls(
            id=user.id,
            email=user.email,
            display_name=user.display_name,
            timezone=user.timezone,
            week_start=user.get_week_start_name(),
            clock=user.clock,
            date_format=user.date_format,
            duration_format=user.duration_format,
            long_session_hours=user.long_session_hours,
            notes_last_seen=user.notes_last_seen,
            created_at=whole_second(user.created_at),
        )


class MadeUser(Shape):
    """A new user with the first token, which is shown this once."""

    id: UUID
    token: Annotated[str, Meta(examples=["tt_…"])]
    timezone: Annotated[str, Meta(examples=["Europe/Berlin"])]
    week_start: Weekday
    links: Annotated[dict[str, str], Meta(examples=[{"timer": "/v1/users/019cad6e-2f00-7c3e-9a51-6d0b8a4f7e21/timer"}])]

    @classmethod
    def of(cls, user: models.User, secret: str) -> Self:
        """Returns a user, the secret of their first token, and where to go on."""
        below = f"/v1/users/{user.id}"
        return cls(
            id=user.id,
            token=secret,
            timezone=user.timezone,
            week_start=user.get_week_start_name(),
            links={
                "session": f"{below}/session",
                "sessions": f"{below}/sessions",
                "timer": f"{below}/timer",
                "start": f"{below}/timer/start",
                "stop": f"{below}/timer/stop",
            },
        )


class Token(Shape):
    """A token without its secret. `current` is the one that asks."""

    id: UUID
    name: Annotated[str, Meta(max_length=AccessToken.NAME_LENGTH, examples=["Report script"])]
    scopes: list[Annotated[str, one_of(*Scope.values)]]
    expires_at: Instant | None
    prefix: Annotated[str, Meta(examples=["tt_4fR9aX"])]
    current: bool
    last_used_at: Instant | None
    created_at: Instant

    @classmethod
    def of(cls, token: AccessToken, /, *, current: AccessToken, **more: Any) -> Self:
        """Returns a token as JSON shows it. `more` are attributes of a shape that has more of them."""
        return cls(
            id=token.id,
            name=token.name,
            scopes=token.scopes,
            expires_at=token.expires_at and whole_second(token.expires_at),
            prefix=token.prefix,
            current=token.pk == current.pk,
            last_used_at=token.last_used_at and whole_second(token.last_used_at),
            created_at=whole_second(token.created_at),
            **more,
        )


class MadeToken(Token):
    """A token with its secret, which is shown this once."""

    token: Annotated[str, Meta(examples=["tt_…"])]


class Tokens(Shape):
    """All tokens; there is never a next page."""

    tokens: list[Token]
    next: str | None
