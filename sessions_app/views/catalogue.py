"""Projects, clients and tags: one list and one page for each of the three, which differ in their templates only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app import services
from sessions_app.forms.catalogue import (
    ClientForm,
    EntryForm,
    MergeForm,
    NewEntryForm,
    ProjectForm,
    RepricingForm,
    TagForm,
)
from sessions_app.models import Client, Kind, Project
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.reports import ReportQuery, read_report
from sessions_app.selectors.catalogue import Catalogue, read_last_used
from sessions_app.selectors.history import count_changed_with
from sessions_app.timekeeping.periods import day_period, month_period
from sessions_app.views.page_context import WEB, PageContext, SeeOther, back, render_page, require_user, say_done
from timetracker.errors import ConflictError, DomainError, InvalidInputError, NotFoundError, StaleVersionError
from timetracker.form_fields import add_domain_errors
from timetracker.money import format_rate
from users_app.guests import user_for_write
from users_app.models import User


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages of a kind are made of: the form of an entry, templates and URL names."""

    form: type[EntryForm]
    list_template: str
    list_url: str
    detail_template: str
    detail_url: str
    archive_url: str
    delete_url: str


PAGES: dict[str, Pages] = {
    Kind.PROJECT: Pages(
        ProjectForm,
        "catalogue/project_list.html",
        "project_list",
        "catalogue/project_detail.html",
        "project_detail",
        "project_archive",
        "project_delete",
    ),
    Kind.CLIENT: Pages(
        ClientForm,
        "catalogue/client_list.html",
        "client_list",
        "catalogue/client_detail.html",
        "client_detail",
        "client_archive",
        "client_delete",
    ),
    Kind.TAG: Pages(
        TagForm,
        "catalogue/tag_list.html",
        "tag_list",
        "catalogue/tag_detail.html",
        "tag_detail",
        "tag_archive",
        "tag_delete",
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows of an entry. `rate` is written as new sessions get it, "" for none; a client has `projects`."""

    entry: CatalogueEntry
    rate: str = ""
    seconds: int = 0
    """Of the present month."""
    last_used: date | None = None
    projects: tuple[Project, ...] = ()


@require_http_methods(["GET", "HEAD", "POST"])
def entry_list(request: HttpRequest, kind: Kind) -> HttpResponse:
    """All of a kind, archived ones folded. A POST adds one by its name."""
    page = PageContext.of(request)
    if request.method != "POST":
        return _list_page(request, page, kind, NewEntryForm())
    form = NewEntryForm(request.POST)
    if form.is_valid():
        try:
            with user_for_write(request) as user:
                entry = services.create_entry(user, WEB, PAGES[kind].form.model, name=form.cleaned_data["name"])
        except InvalidInputError as error:
            add_domain_errors(form, error)
        except ConflictError as error:
            form.add_error("name", error.message)
        else:
            say_done(request, _("Added “%(name)s”.") % {"name": entry}, entry)
            return SeeOther(_list_url(kind))
    return _list_page(request, page, kind, form, status=422)


def _list_page(
    request: HttpRequest, page: PageContext, kind: Kind, form: NewEntryForm, *, status: int = 200
) -> HttpResponse:
    rows = _rows(page, kind)
    context = {
        "kind": kind,
        "pages": PAGES[kind],
        "form": form,
        "rows": [row for row in rows if not row.entry.archived],
        "archived": [row for row in rows if row.entry.archived],
        "tab": "projects",
        "here": _list_url(kind),
    }
    overview = page.overview(day_period(page.today), limit=0)
    return render_page(request, PAGES[kind].list_template, page, overview, context, status=status)


def _rows(page: PageContext, kind: Kind) -> list[Row]:
    entries = [each for each in _all_of(page.catalogue, kind).values() if each.deleted_at is None]
    if kind == Kind.TAG:
        return [Row(entry) for entry in entries]
    month = ReportQuery(month_period(page.today), group_by=("client" if kind == Kind.CLIENT else "project",))
    report = read_report(page.user, month, now=page.now)
    seconds = {line.key[0]: line.figures.seconds for line in report.lines}
    last_used = read_last_used(page.user)
    rows = []
    for entry in entries:
        projects = _projects_of(page.catalogue, entry) if isinstance(entry, Client) else ()
        days = [last_used[each.id] for each in (entry, *projects) if each.id in last_used]
        rows.append(Row(entry, _rate(page.user, entry), seconds.get(entry.id, 0), max(days, default=None), projects))
    return rows


def _rate(user: User, entry: CatalogueEntry) -> str:
    match entry:
        case Project():
            rate, currency = services.resolve_rate(user, entry)
        case Client():
            rate, currency = entry.hourly_rate, entry.currency or user.currency
        case _:
            rate, currency = None, ""
    return "" if rate is None else format_rate(rate, currency)


def _projects_of(catalogue: Catalogue, client: CatalogueEntry) -> tuple[Project, ...]:
    """The projects of a client, by name; none of anything else."""
    not_deleted = (each for each in catalogue.projects.values() if each.deleted_at is None)
    return tuple(each for each in not_deleted if each.client_id == client.id)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_detail(request: HttpRequest, kind: Kind, entry_id: UUID) -> HttpResponse:
    """All of one entry. What was typed for a state that is gone is kept, with what is there now beside it."""
    page = PageContext.of(request)
    entry = find_entry(page.catalogue, kind, entry_id)
    if request.method != "POST":
        return _detail_page(request, page, kind, entry)
    form = PAGES[kind].form(request.POST, entry=entry, catalogue=page.catalogue)
    if form.is_valid():
        values = {**form.cleaned_data}
        versions = frozenset([values.pop("version")])
        try:
            saved = services.edit_entry(page.user, WEB, form.model, entry_id, versions=versions, **values)
        except InvalidInputError as error:
            add_domain_errors(form, error)
        except ConflictError as error:
            form.add_error("name", error.message)
        except StaleVersionError:
            form.tell_what_changed()
        else:
            say_done(request, _saved(entry, saved), saved)
            return SeeOther(reverse(PAGES[kind].detail_url, args=[entry_id]))
    return _detail_page(request, page, kind, entry, status=422, form=form)


def _detail_page(
    request: HttpRequest,
    page: PageContext,
    kind: Kind,
    entry: CatalogueEntry,
    *,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """The page of an entry; a form that was refused is shown as it was typed."""
    context = {
        "kind": kind,
        "pages": PAGES[kind],
        "entry": entry,
        "form": PAGES[kind].form(entry=entry, catalogue=page.catalogue),
        "repricing_form": RepricingForm(today=page.today),
        "merge_form": MergeForm(project=entry, catalogue=page.catalogue) if isinstance(entry, Project) else None,
        "projects": _projects_of(page.catalogue, entry),
        "tab": "projects",
        "here": reverse(PAGES[kind].detail_url, args=[entry.id]),
        **forms,
    }
    overview = page.overview(day_period(page.today), limit=0)
    return render_page(request, PAGES[kind].detail_template, page, overview, context, status=status)


def _saved(before: CatalogueEntry, after: CatalogueEntry) -> str:
    """That it was saved, and when its price may be another one, that what was tracked keeps its own."""
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
    """Takes it out of what is offered (`archived` is "yes"), or offers it again."""
    archived = request.POST.get("archived") == "yes"

    def archive(user: User) -> CatalogueEntry:
        return services.edit_entry(user, WEB, PAGES[kind].form.model, entry_id, archived=archived)

    said = _("Archived “%(name)s”. Reports keep it.") if archived else _("“%(name)s” is offered again.")
    _do(request, archive, lambda entry: said % {"name": entry})
    return back(request)


@require_POST
def entry_delete(request: HttpRequest, kind: Kind, entry_id: UUID) -> HttpResponse:
    """Deletes it and takes it off all that had it; nothing is asked, it can be undone."""

    def delete(user: User) -> CatalogueEntry:
        return services.delete_entry(user, WEB, PAGES[kind].form.model, entry_id)

    _do(request, delete, _deleted)
    return SeeOther(_list_url(kind))


def _deleted(entry: CatalogueEntry) -> str:
    count = count_changed_with(entry)
    if not count:
        said = _("Deleted “%(name)s”.")
    elif isinstance(entry, Project):
        said = ngettext(
            "Deleted “%(name)s”. Its %(count)d session has “No project” now.",
            "Deleted “%(name)s”. Its %(count)d sessions have “No project” now.",
            count,
        )
    elif isinstance(entry, Client):
        said = ngettext(
            "Deleted “%(name)s”. Its %(count)d project has no client now.",
            "Deleted “%(name)s”. Its %(count)d projects have no client now.",
            count,
        )
    else:
        said = ngettext(
            "Deleted “%(name)s” and took it off %(count)d session.",
            "Deleted “%(name)s” and took it off %(count)d sessions.",
            count,
        )
    return said % {"name": entry, "count": count}


@require_POST
def project_merge(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Moves all of a project's sessions to another one, and deletes it."""
    page = PageContext.of(request)
    project = cast("Project", find_entry(page.catalogue, Kind.PROJECT, entry_id))
    form = MergeForm(request.POST, project=project, catalogue=page.catalogue)
    if not form.is_valid():
        return _detail_page(request, page, Kind.PROJECT, project, status=422, merge_form=form)
    into = page.catalogue.projects[form.cleaned_data["into"]]

    def merged(gone: CatalogueEntry) -> str:
        count = count_changed_with(gone)
        said = ngettext(
            "Merged “%(name)s” into “%(into)s” with %(count)d session.",
            "Merged “%(name)s” into “%(into)s” with %(count)d sessions.",
            count,
        )
        return said % {"name": gone, "into": into, "count": count}

    _do(request, lambda user: services.merge_projects(user, WEB, project.id, into.id), merged)
    return SeeOther(reverse("project_detail", args=[into.id]))


def _do(request: HttpRequest, service: Callable[[User], CatalogueEntry], said: Callable[[CatalogueEntry], str]) -> None:
    """Does it and says so with Undo, or says why not; there is nothing typed to keep. Raises NotFoundError."""
    user = require_user(request)
    try:
        entry = service(user)
    except NotFoundError:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        say_done(request, said(entry), entry)


def _all_of(catalogue: Catalogue, kind: Kind) -> Mapping[UUID, CatalogueEntry]:
    everything: dict[Kind, Mapping[UUID, CatalogueEntry]] = {
        Kind.PROJECT: catalogue.projects,
        Kind.CLIENT: catalogue.clients,
        Kind.TAG: catalogue.tags,
    }
    return everything[kind]


def find_entry(catalogue: Catalogue, kind: Kind, entry_id: UUID) -> CatalogueEntry:
    """An entry that is not deleted. Raises NotFoundError."""
    entry = _all_of(catalogue, kind).get(entry_id)
    if entry is None or entry.deleted_at is not None:
        raise NotFoundError
    return entry


def _list_url(kind: Kind) -> str:
    return reverse(PAGES[kind].list_url)
