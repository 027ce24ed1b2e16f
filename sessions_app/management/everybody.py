"""What a command that visits all people begins with."""

from collections.abc import Iterator
from uuid import UUID

from users_app.models import User

_AT_ONCE = 100


def everybody() -> Iterator[User]:
    """All people, some at a time: memory stays small, and no query is open while the command writes."""
    last = UUID(int=0)
    while people := list(User.objects.filter(pk__gt=last).order_by("pk")[:_AT_ONCE]):
        yield from people
        last = people[-1].pk
