"""Every write of a session. Each press of a person is one transaction.

It locks the person, reads the clock, judges everything, then writes the sessions and their rows of `Change` together.
So two presses of one person never overlap, and what a caller was told is on disk. All raise `timetracker.errors` and
change nothing when they do; `NotFoundError` stands for a session of somebody else as for one that never was.
"""

from sessions_app.services.batch import BatchFailedError, run_batch
from sessions_app.services.derived import find_wrong_sessions, rederive_session
from sessions_app.services.editing import (
    delete_session,
    delete_sessions,
    edit_session,
    edit_sessions,
    put_session,
    restore_session,
    save_session,
)
from sessions_app.services.forgotten import confirm_end, confirm_running
from sessions_app.services.importing import ImportSummary, import_takeout
from sessions_app.services.organising import create_item, delete_item, edit_item, merge_projects
from sessions_app.services.press import Actor, press
from sessions_app.services.repricing import Repricing, apply_rates, preview_rates
from sessions_app.services.settling import rate_of
from sessions_app.services.shaping import (
    duplicate_session,
    insert_session,
    merge_sessions,
    move_session,
    split_session,
)
from sessions_app.services.timer import Switch, continue_session, start_timer, stop_timer
from sessions_app.services.trash import KEPT_IN_TRASH_FOR, empty_trash, prune_trash
from sessions_app.services.undo import Batch, undo_batch, undoable_batches

__all__ = [
    "KEPT_IN_TRASH_FOR",
    "Actor",
    "Batch",
    "BatchFailedError",
    "ImportSummary",
    "Repricing",
    "Switch",
    "apply_rates",
    "confirm_end",
    "confirm_running",
    "continue_session",
    "create_item",
    "delete_item",
    "delete_session",
    "delete_sessions",
    "duplicate_session",
    "edit_item",
    "edit_session",
    "edit_sessions",
    "empty_trash",
    "find_wrong_sessions",
    "import_takeout",
    "insert_session",
    "merge_projects",
    "merge_sessions",
    "move_session",
    "press",
    "preview_rates",
    "prune_trash",
    "put_session",
    "rate_of",
    "rederive_session",
    "restore_session",
    "run_batch",
    "save_session",
    "split_session",
    "start_timer",
    "stop_timer",
    "undo_batch",
    "undoable_batches",
]
