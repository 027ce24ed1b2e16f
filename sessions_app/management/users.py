"""What a command that visits all people begins with."""

from collections.abc import Iterator
from uuid import UUID

from users_app.models import User

BATCH_SIZE = 100


def iterate_users() -> Iterator[User]:
    """All people, some at a time: memory stays small, and no query is open while the command writes."""
    last = UUID(int=0)
    while people := list(User.objects.filter(pk__gt=last).order_by("pk")[:BATCH_SIZE]):
        yield from people
        last = people[-1].pk
