"""The message about a finished import of an account export."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions_app.account_export import ImportSummary
from sessions_app.models import Kind


def say_imported(request: HttpRequest, summary: ImportSummary) -> None:
    """Adds a message about what a finished import did, with Undo if it added anything."""
    if summary.changeset_id is not None:
        messages.success(request, _format_summary(summary), extra_tags=str(summary.changeset_id))
        return
    messages.info(request, _settings_only() if summary.has_settings else _("Everything in this file is here already."))


def _settings_only() -> str:
    return _("Your settings are those of the file now.")


def _format_summary(summary: ImportSummary) -> str:
    count = summary.added[Kind.SESSION]
    sentences = [ngettext("Imported %(count)d session.", "Imported %(count)d sessions.", count) % {"count": count}]
    if summary.added.total() > count:
        sentences.append(
            _("New projects: %(projects)d, clients: %(clients)d, tags: %(tags)d.")
            % {
                "projects": summary.added[Kind.PROJECT],
                "clients": summary.added[Kind.CLIENT],
                "tags": summary.added[Kind.TAG],
            }
        )
    if present := summary.present.total():
        sentences.append(
            ngettext("%(count)d entry was here already.", "%(count)d entries were here already.", present)
            % {"count": present}
        )
    if summary.has_settings:
        sentences.append(_settings_only())
    return " ".join(sentences)
