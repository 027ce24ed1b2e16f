"""Users and their tokens as the API answers them."""

from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta

from timetracker.shapes import (
    Currency,
    Instant,
    Money,
    NextPage,
    Shape,
    TimeZone,
    money_text,
    one_of,
    whole_second,
)
from users_app import models
from users_app.models import AccessToken, Clock, DateFormat, DurationFormat, Scope, Theme, WeekStart

WEEKDAYS = [day.name.lower() for day in WeekStart]
Weekday = Annotated[str, one_of(*WEEKDAYS)]


class User(Shape):
    """A user, with name and preferences."""

    id: UUID
    email: Annotated[str, Meta(extra_json_schema={"format": "email"})] | None
    display_name: Annotated[str, Meta(max_length=models.User.NAME_LENGTH, examples=["Ada"])]
    timezone: TimeZone
    week_start: Weekday
    clock: Annotated[str, one_of(*Clock.values)]
    date_format: Annotated[str, one_of(*DateFormat.values)]
    duration_format: Annotated[str, one_of(*DurationFormat.values)]
    long_session_hours: Annotated[int, Meta(examples=[10])]
    notes_last_seen: bool
    wants_notices: bool
    theme: Annotated[str, one_of(*Theme.values)]
    day_goal_seconds: Annotated[int, Meta(examples=[28800])] | None
    week_goal_seconds: Annotated[int, Meta(examples=[144000])] | None
    hourly_rate: Money | None
    currency: Currency
    created_at: Instant

    @classmethod
    def of(cls, user: models.User, /, **more: Any) -> Self:
        rate = user.hourly_rate
        return super().of(
            user,
            week_start=user.get_week_start_name(),
            hourly_rate=None if rate is None else money_text(rate),
            created_at=whole_second(user.created_at),
            **more,
        )


class MadeUser(Shape):
    """A new user with the first token, which is shown this once."""

    id: UUID
    token: Annotated[str, Meta(examples=["tt_…"])]
    timezone: TimeZone
    week_start: Weekday
    links: Annotated[dict[str, str], Meta(examples=[{"timer": "/v1/users/019cad6e-2f00-7c3e-9a51-6d0b8a4f7e21/timer"}])]

    @classmethod
    def of(cls, user: models.User, /, **more: Any) -> Self:
        """With where to go on. `token` is the secret."""
        below = f"/v1/users/{user.id}"
        links = {
            "session": f"{below}/session",
            "sessions": f"{below}/sessions",
            "timer": f"{below}/timer",
            "start": f"{below}/timer/start",
            "stop": f"{below}/timer/stop",
        }
        return super().of(user, week_start=user.get_week_start_name(), links=links, **more)


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
    def of(cls, token: AccessToken, /, **more: Any) -> Self:
        """Without fractions of seconds. `current` is whether it is the one that asks."""
        instants = {name: getattr(token, name) for name in ("expires_at", "last_used_at", "created_at")}
        return super().of(token, **{name: at and whole_second(at) for name, at in instants.items()}, **more)


class MadeToken(Token):
    """A token with its secret, which is shown this once."""

    token: Annotated[str, Meta(examples=["tt_…"])]


class Tokens(Shape):
    """All tokens; there is never a next page."""

    tokens: list[Token]
    next: NextPage | None
