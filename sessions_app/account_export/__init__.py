"""The account export: all data of a user in one ZIP, which can be imported again.

Its format is in docs/account-export.md.
"""

from sessions_app.account_export.contents import ACCOUNT, SESSIONS
from sessions_app.account_export.importing import (
    ACCOUNT_IMPORT,
    CheckedExport,
    ImportPreview,
    ImportSummary,
    check_account_export,
    import_account_export,
    preview_account_export,
    step_to_go_on,
    summary_of,
)
from sessions_app.account_export.reading import AccountExport, read_account_export
from sessions_app.account_export.validation import FieldValues
from sessions_app.account_export.writing import build_account_export

__all__ = [
    "ACCOUNT",
    "ACCOUNT_IMPORT",
    "SESSIONS",
    "AccountExport",
    "CheckedExport",
    "FieldValues",
    "ImportPreview",
    "ImportSummary",
    "build_account_export",
    "check_account_export",
    "import_account_export",
    "preview_account_export",
    "read_account_export",
    "step_to_go_on",
    "summary_of",
]
