"""The lists and pages of projects, clients and tags: the same views with different templates."""

from typing import Any, cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app import services
from sessions_app.forms.catalogue import EntryForm, MergeForm, NewEntryForm, RenameForm
from sessions_app.models import Client, Kind, Project
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.pages.actions import WEB, add_undo_message, require_user
from sessions_app.pages.budgets import read_budget_bars
from sessions_app.pages.catalogue import PAGES
from sessions_app.pages.catalogue_rows import read_rows
from sessions_app.pages.context import PageContext
from sessions_app.selectors.catalogue import entries_of, get_entry, has_in_name, projects_of
from sessions_app.selectors.history import count_changed_with
from timetracker.errors import StaleVersionError
from timetracker.pages import (
    SeeOther,
    button_to_service,
    form_to_service,
    next_url,
    redirect_back,
    respond,
    wants_fragment,
)
from users_app.guests import call_as_user, leads_to_sign_in_where_closed
from users_app.models import User

MAX_ROWS = 100
"""The number of entries on a page of a list."""
SEARCHED_FROM = 15
"""A list with more entries than this has a search field."""


@require_http_methods(["GET", "HEAD", "POST"])
@leads_to_sign_in_where_closed
def entry_list(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Lists all of a kind, or those with `q` in their name, MAX_ROWS a page, archived ones last and folded.

    A POST adds one by its name.
    """
    if request.method != "POST":
        return _list_page(request, kind, NewEntryForm())
    form = NewEntryForm(request.POST)
    entry = form_to_service(form, lambda: _create(request, kind, form), conflict_field="name")
    if entry is None:
        return _list_page(request, kind, form, status=422)
    add_undo_message(request, _("Added “%(name)s”.") % {"name": entry}, entry)
    return SeeOther(reverse(PAGES[kind].list_url))


def _create(request: HttpRequest, kind: Kind, form: NewEntryForm) -> CatalogueEntry:
    model, name = PAGES[kind].form.model, form.cleaned_data["name"]
    return call_as_user(request, lambda user: services.create_entry(user, WEB, model, name=name))


def _list_page(request: HttpRequest, kind: Kind, form: NewEntryForm, *, status: int = 200) -> HttpResponse:
    page = PageContext.of(request)
    entries = [each for each in entries_of(page.catalogue, kind).values() if each.deleted_at is None]
    text = request.GET.get("q", "").strip()
    found = [each for each in entries if has_in_name(each, text)]
    in_use_first = sorted(found, key=lambda each: each.archived)
    shown = Paginator(in_use_first, MAX_ROWS).get_page(request.GET.get("page"))
    rows = read_rows(page, kind, list(shown.object_list))
    context = {
        "kind": kind,
        "pages": PAGES[kind],
        "form": form,
        "rows": [row for row in rows if not row.entry.archived],
        "archived": [row for row in rows if row.entry.archived],
        "shown": shown,
        "text": text,
        "is_searched": bool(text) or len(entries) > SEARCHED_FROM,
        "tab": "projects",
        "here": request.get_full_path() if request.method == "GET" else reverse(PAGES[kind].list_url),
    }
    return respond(request, PAGES[kind].list_template, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_detail(request: HttpRequest, kind: Kind, entry_id: UUID) -> HttpResponse:
    """Shows and edits an entry. If it was changed meanwhile, shows the typed values beside the present ones."""
    page = PageContext.of(request)
    entry = get_entry(page.catalogue, kind, entry_id)
    if request.method != "POST":
        return _detail_page(request, page, kind, entry)
    form = PAGES[kind].form(request.POST, entry=entry, catalogue=page.catalogue)
    try:
        saved = form_to_service(form, lambda: _edit(page.user, form), conflict_field="name")
    except StaleVersionError:
        form.add_stale_error()
        saved = None
    if saved is None:
        return _detail_page(request, page, kind, entry, status=422, form=form)
    add_undo_message(request, _saved(entry, saved), saved)
    return SeeOther(reverse(PAGES[kind].detail_url, args=[entry_id]))


def _edit(user: User, form: EntryForm) -> CatalogueEntry:
    versions = frozenset([form.cleaned_data["version"]])
    return services.edit_entry(user, WEB, type(form.entry), form.entry.id, versions=versions, **form.changes)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_rename(request: HttpRequest, kind: Kind, entry_id: UUID) -> HttpResponse:
    """Renames an entry in its row of the list, with a form that is a fragment or a page.

    If the entry was changed meanwhile (409), shows the present name, and saves when sent again.
    """
    page = PageContext.of(request)
    entry = get_entry(page.catalogue, kind, entry_id)
    if request.method != "POST":
        return _rename_response(request, kind, RenameForm(entry=entry, catalogue=page.catalogue))
    form = RenameForm(request.POST, entry=entry, catalogue=page.catalogue)
    try:
        saved = form_to_service(form, lambda: _edit(page.user, form), conflict_field="name")
    except StaleVersionError:
        form.add_stale_error()
        return _rename_response(request, kind, form, status=409)
    if saved is None:
        return _rename_response(request, kind, form, status=422)
    add_undo_message(request, _("Saved “%(name)s”.") % {"name": saved}, saved)
    return SeeOther(f"{next_url(request)}#entry-{entry_id}")


def _rename_response(request: HttpRequest, kind: Kind, form: RenameForm, *, status: int = 200) -> HttpResponse:
    """Responds with the form: as a fragment to put beside the name, else as a page."""
    is_fragment = wants_fragment(request)
    template = "catalogue/_rename_form.html" if is_fragment else "catalogue/entry_rename.html"
    context = {
        "kind": kind,
        "pages": PAGES[kind],
        "entry": form.entry,
        "form": form,
        "tab": "projects",
        "next_url": next_url(request),
        "is_fragment": is_fragment,
    }
    response = respond(request, template, context, status=status)
    if request.method == "POST":
        # The response to a saved form replaces bar and list; this one replaces the form.
        response["HX-Retarget"] = response["HX-Reselect"] = f"#rename-{form.entry.id}"
        response["HX-Reswap"] = "outerHTML"
    return response


def _detail_page(
    request: HttpRequest,
    page: PageContext,
    kind: Kind,
    entry: CatalogueEntry,
    *,
    status: int = 200,
    **rejected: Any,
) -> HttpResponse:
    """Responds with the page of an entry. `rejected` are bound forms, by their name in the template."""
    context = {
        "kind": kind,
        "pages": PAGES[kind],
        "entry": entry,
        "form": PAGES[kind].form(entry=entry, catalogue=page.catalogue),
        "merge_form": MergeForm(project=entry, catalogue=page.catalogue) if isinstance(entry, Project) else None,
        "projects": projects_of(page.catalogue, entry),
        "budget": read_budget_bars(page, [entry]).get(entry.id) if isinstance(entry, Project) else None,
        "tab": "projects",
        "here": reverse(PAGES[kind].detail_url, args=[entry.id]),
        **rejected,
    }
    return respond(request, PAGES[kind].detail_template, context, status=status)


def _saved(before: CatalogueEntry, after: CatalogueEntry) -> str:
    """Returns the message after saving, which also says that earlier sessions keep their rate if it changed."""
    saved = _("Saved “%(name)s”.") % {"name": after}
    if all(
        getattr(before, name, None) == getattr(after, name, None) for name in ("hourly_rate", "currency", "client_id")
    ):
        return saved
    return format_html(
        '{} {} <a href="#earlier">{}</a>',
        saved,
        _("Earlier sessions keep their rate."),
        _("Apply to earlier sessions…"),
    )


@require_POST
def entry_archive(request: HttpRequest, kind: Kind, entry_id: UUID) -> HttpResponse:
    """Archives an entry (`archived` is "yes"), so that it is no longer offered, or makes it active again."""
    user = require_user(request)
    archived = request.POST.get("archived") == "yes"
    entry = button_to_service(
        request, lambda: services.edit_entry(user, WEB, PAGES[kind].form.model, entry_id, archived=archived)
    )
    if entry is not None:
        message = _("Archived “%(name)s”. Reports keep it.") if archived else _("“%(name)s” is offered again.")
        add_undo_message(request, message % {"name": entry}, entry)
    return redirect_back(request)


@require_POST
def entry_delete(request: HttpRequest, kind: Kind, entry_id: UUID) -> HttpResponse:
    """Deletes an entry and removes it from the rows that refer to it, without asking, since it can be undone."""
    user = require_user(request)
    entry = button_to_service(request, lambda: services.delete_entry(user, WEB, PAGES[kind].form.model, entry_id))
    if entry is not None:
        add_undo_message(request, _deleted(entry), entry)
    return SeeOther(reverse(PAGES[kind].list_url))


def _deleted(entry: CatalogueEntry) -> str:
    count = count_changed_with(entry)
    if not count:
        message = _("Deleted “%(name)s”.")
    elif isinstance(entry, Project):
        message = ngettext(
            "Deleted “%(name)s”. Its %(count)d session has “No project” now.",
            "Deleted “%(name)s”. Its %(count)d sessions have “No project” now.",
            count,
        )
    elif isinstance(entry, Client):
        message = ngettext(
            "Deleted “%(name)s”. Its %(count)d project has no client now.",
            "Deleted “%(name)s”. Its %(count)d projects have no client now.",
            count,
        )
    else:
        message = ngettext(
            "Deleted “%(name)s” and took it off %(count)d session.",
            "Deleted “%(name)s” and took it off %(count)d sessions.",
            count,
        )
    return message % {"name": entry, "count": count}


@require_POST
def project_merge(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Moves all of a project's sessions to another one, and deletes it."""
    page = PageContext.of(request)
    project = cast("Project", get_entry(page.catalogue, Kind.PROJECT, entry_id))
    form = MergeForm(request.POST, project=project, catalogue=page.catalogue)
    if not form.is_valid():
        return _detail_page(request, page, Kind.PROJECT, project, status=422, merge_form=form)
    into = page.catalogue.projects[form.cleaned_data["into"]]
    merged = button_to_service(request, lambda: services.merge_projects(page.user, WEB, project.id, into.id))
    if merged is not None:
        count = count_changed_with(merged)
        message = ngettext(
            "Merged “%(name)s” into “%(into)s” with %(count)d session.",
            "Merged “%(name)s” into “%(into)s” with %(count)d sessions.",
            count,
        )
        add_undo_message(request, message % {"name": merged, "into": into, "count": count}, merged)
    return SeeOther(reverse("project_detail", args=[into.id]))
