"""Services: every write of sessions, the catalogue and reports. A call is one transaction, or several with `parts`.

A service locks the user, reads the clock, validates everything, then writes the rows and their changes together. Calls
for one user therefore never overlap, and when a call returns, its writes are on disk. Services raise the errors of
`timetracker.errors`, and then change nothing; `NotFoundError` is also raised for another user's object.
"""

from sessions_app.services.catalogue import create_entry, delete_entry, edit_entry, merge_projects
from sessions_app.services.changeset import Actor, changeset
from sessions_app.services.derived_fields import find_inconsistent_sessions, refresh_derived_fields
from sessions_app.services.hours import add_hours, change_hours
from sessions_app.services.merging import Held, count_held, has_lately_merged, merge_guest
from sessions_app.services.operations import OperationsFailedError, run_operations
from sessions_app.services.parts import Progress, go_on, unfinished_work
from sessions_app.services.repricing import Repriced, Repricing, apply_rates, preview_rates
from sessions_app.services.resolving import resolve_rate
from sessions_app.services.restructuring import (
    duplicate_session,
    insert_session,
    merge_sessions,
    move_session,
    split_session,
)
from sessions_app.services.saved_reports import delete_report, edit_report, save_report
from sessions_app.services.sessions import (
    delete_session,
    delete_sessions,
    edit_session,
    edit_sessions,
    put_session,
    restore_session,
    save_session,
)
from sessions_app.services.shares import revoke_share, share
from sessions_app.services.timer import (
    Switch,
    confirm_end,
    confirm_running,
    continue_session,
    start_timer,
    stop_timer,
    toggle_timer,
)
from sessions_app.services.trash import PURGE, TRASH_RETENTION, empty_trash, prune_trash
from sessions_app.services.undo import undo_changeset, undoable_changesets, undoable_ids, undoable_imports
from sessions_app.services.undo_parts import Undone

__all__ = [
    "PURGE",
    "TRASH_RETENTION",
    "Actor",
    "Held",
    "OperationsFailedError",
    "Progress",
    "Repriced",
    "Repricing",
    "Switch",
    "Undone",
    "add_hours",
    "apply_rates",
    "change_hours",
    "changeset",
    "confirm_end",
    "confirm_running",
    "continue_session",
    "count_held",
    "create_entry",
    "delete_entry",
    "delete_report",
    "delete_session",
    "delete_sessions",
    "duplicate_session",
    "edit_entry",
    "edit_report",
    "edit_session",
    "edit_sessions",
    "empty_trash",
    "find_inconsistent_sessions",
    "go_on",
    "has_lately_merged",
    "insert_session",
    "merge_guest",
    "merge_projects",
    "merge_sessions",
    "move_session",
    "preview_rates",
    "prune_trash",
    "put_session",
    "refresh_derived_fields",
    "resolve_rate",
    "restore_session",
    "revoke_share",
    "run_operations",
    "save_report",
    "save_session",
    "share",
    "split_session",
    "start_timer",
    "stop_timer",
    "toggle_timer",
    "undo_changeset",
    "undoable_changesets",
    "undoable_ids",
    "undoable_imports",
    "unfinished_work",
]
