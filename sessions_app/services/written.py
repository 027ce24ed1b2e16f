"""What a changeset has written so far, before it is stored."""

from uuid import UUID


class Written:
    """What a writer has written so far."""

    def __init__(self) -> None:
        self.count = 0
        self.summary: list[str] = []
        self.purged: list[UUID] = []
        self.is_shown_changed = False

    def copy(self) -> "Written":
        """Returns the same, to go back to."""
        other = Written()
        other.count, other.is_shown_changed = self.count, self.is_shown_changed
        other.summary, other.purged = [*self.summary], [*self.purged]
        return other
