"""All users, for commands that visit each of them."""

from collections.abc import Iterator
from uuid import UUID

from users_app.models import User

BATCH_SIZE = 100


def iterate_users() -> Iterator[User]:
    """Yields all users by id. Reads BATCH_SIZE at a time, so that no query is open while the command writes."""
    last = UUID(int=0)
    while users := list(User.objects.filter(pk__gt=last).order_by("pk")[:BATCH_SIZE]):
        yield from users
        last = users[-1].pk


def find_user(name: str) -> User | None:
    """Returns the user with this e-mail address, or this id; None if there is none."""
    if "@" in name:
        return User.objects.filter(email__iexact=name).first()
    try:
        return User.objects.filter(pk=UUID(name)).first()
    except ValueError:
        return None
