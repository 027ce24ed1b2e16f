"""One thing done to many sessions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sessions_app import services
from sessions_app.forms.selection import SelectionForm
from sessions_app.selectors.catalogue import read_catalogue
from sessions_app.services.validation import SessionFields
from sessions_app.views.page_context import WEB, back, require_user, say_done
from timetracker.errors import ConflictError, InvalidInputError


@require_POST
def session_selection(request: HttpRequest) -> HttpResponse:
    """Does one thing to many sessions, as one press that is undone as one."""
    user = require_user(request)
    form = SelectionForm(request.POST, catalogue=read_catalogue(user))
    if not form.is_valid():
        gone = " ".join(map(str, form.errors.get("project_id", ())))
        messages.info(request, gone or _("Choose one or more sessions first."))
        return back(request)
    ids, do = form.cleaned_data["session"], form.cleaned_data["do"]
    try:
        if do == "delete":
            sessions = services.delete_sessions(user, WEB, ids)
            said = ngettext("Deleted %(count)d session.", "Deleted %(count)d sessions.", len(ids))
        else:
            fields: SessionFields = (
                {"project_id": form.cleaned_data["project_id"]} if do == "project" else {"billable": do == "billable"}
            )
            sessions = services.edit_sessions(user, WEB, ids, **fields)
            said = ngettext("Changed %(count)d session.", "Changed %(count)d sessions.", len(ids))
    except (ConflictError, InvalidInputError) as error:
        messages.error(request, error.message)
    else:
        say_done(request, said % {"count": len(ids)}, *sessions)
    return back(request)
