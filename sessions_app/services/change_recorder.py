"""Records the changes of a changeset that is being written."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import F, QuerySet, UUIDField, Value, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from sessions_app.models import Change, TimeSession, VersionedModel
from sessions_app.services.compiled import insert_columns
from timetracker.db.insert_selected import insert_selected

BeforeAndAfter = tuple[VersionedModel, dict[str, object] | None, dict[str, object] | None]
"""A row, and its snapshots before and after the change; None before it was created and after it was removed."""
MAX_SUMMARISED = 10
"""The number of changes that a summary describes."""


class ChangeRecorder:
    """Inserts changes at once, with the user's new revision, and collects what the changeset itself will have."""

    def __init__(self, user_id: UUID, changeset_id: UUID, revision: int) -> None:
        self._user_id, self._changeset_id, self._revision = user_id, changeset_id, revision
        self.count = 0
        self.summary: list[str] = []
        self.purged: list[UUID] = []
        self.increments_revision = False

    def copy(self) -> "ChangeRecorder":
        """Returns a copy, which a savepoint that is rolled back goes back to."""
        other = ChangeRecorder(self._user_id, self._changeset_id, self._revision)
        other.count, other.increments_revision = self.count, self.increments_revision
        other.summary, other.purged = [*self.summary], [*self.purged]
        return other

    def record(
        self,
        states: Sequence[BeforeAndAfter],
        action: Change.Action,
    ) -> None:
        """Inserts a change for each row. One statement."""
        self._summarise([row for row, _before, _after in states[: self._left_to_name]], action)
        columns = {
            "user_id": self._user_id,
            "changeset_id": self._changeset_id,
            "revision": self._revision,
            "number": [*range(self.count + 1, self.count + len(states) + 1)],
            "kind": [row.KIND for row, _before, _after in states],
            "object_id": [row.id for row, _before, _after in states],
            "action": action,
            "before": [before for _row, before, _after in states],
            "after": [after for _row, _before, after in states],
        }
        insert_columns(Change, len(states), columns)
        self.count += len(states)

    def record_sessions(
        self, rows: QuerySet[TimeSession], action: Change.Action, states: Mapping[str, Combinable]
    ) -> None:
        """Inserts a change for each session of a queryset, in order of ids. One statement.

        `states` has expressions for the columns `before`, `after` or both.
        """
        if self._left_to_name:
            self._summarise(rows.order_by("id")[: self._left_to_name], action)
        columns: dict[str, Combinable] = {
            "user_id": Value(self._user_id, UUIDField()),
            "changeset_id": Value(self._changeset_id, UUIDField()),
            "revision": Value(self._revision),
            "number": Window(RowNumber(), order_by="id") + Value(self.count),
            "kind": Value(TimeSession.KIND.value),
            "object_id": F("id"),
            "action": Value(action.value),
            **states,
        }
        self.count += insert_selected(Change, rows.order_by("id"), columns)

    @property
    def _left_to_name(self) -> int:
        return MAX_SUMMARISED - len(self.summary)

    def _summarise(self, rows: Sequence[VersionedModel] | QuerySet[TimeSession], action: Change.Action) -> None:
        self.summary += [_("“%(row)s” %(action)s") % {"row": row, "action": action.label} for row in rows]
