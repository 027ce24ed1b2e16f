"""The history of a row as a table: time, user, action and changed fields."""

from datetime import UTC, datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sessions_app.formatting import format_value
from sessions_app.models import Change, Changeset, VersionedModel
from sessions_app.selectors.catalogue import Catalogue, read_catalogue
from sessions_app.selectors.history import differences, read_history, read_latest_changesets
from users_app.models import User

MAX_CHANGES = 100


def history_table(row: VersionedModel) -> SafeString:
    """Returns the latest changes of a session, client, project or tag. Takes four queries, and one for the user."""
    changes = read_history(row.user, row.pk, limit=MAX_CHANGES)
    catalogue = read_catalogue(row.user)
    return format_html(
        "<table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>",
        _("When (UTC)"),
        _("Who"),
        _("Action"),
        _("What changed"),
        format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            (_history_row(change, catalogue) for change in changes),
        ),
    )


def changesets_table(user: User) -> SafeString:
    """Returns the latest changesets of a user. Takes one query."""
    changesets = read_latest_changesets(user, limit=MAX_CHANGES)
    return format_html(
        "<table><thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>",
        _("When (UTC)"),
        _("Who"),
        _("What was done"),
        format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            ((format_instant(each.at), _who(each), each.summary) for each in changesets),
        ),
    )


def format_instant(instant: datetime) -> str:
    """Returns `2026-11-20 10:00:00`, in UTC."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _history_row(change: Change, catalogue: Catalogue) -> tuple[object, ...]:
    changeset = change.changeset
    rows = (
        (each.label, format_value(each.before, format_instant), format_value(each.after, format_instant))
        for each in differences(change, catalogue)
    )
    changed = format_html_join("", "{}: {} → {}<br>", rows)
    return format_instant(changeset.at), _who(changeset), change.get_action_display(), changed


def _who(changeset: Changeset) -> str:
    by = changeset.operator or changeset.token or ""
    return f"{changeset.get_source_display()}: {by}".removesuffix(": ")
