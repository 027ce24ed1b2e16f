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
from sessions_app.catalogue import Catalogue, read_last_used
from sessions_app.forms.projects import (
    ClientForm,
    ItemForm,
    MergeForm,
    NewItemForm,
    ProjectForm,
    SinceForm,
    TagForm,
)
from sessions_app.models import Change, Client, Kind, Project
from sessions_app.models.organising import Named
from sessions_app.reports import ReportQuery, read_report
from sessions_app.timekeeping.periods import day_period, month_period
from sessions_app.timekeeping.rates import format_rate
from sessions_app.views.page import WEB, SeeOther, Visit, back, known_user, render_page, say_done
from timetracker.errors import ConflictError, DomainError, InvalidInputError, NotFoundError, StaleVersionError
from timetracker.forms import add_domain_errors
from users_app.guests import writing_user
from users_app.models import User

FORMS: dict[str, type[ItemForm]] = {Kind.PROJECT: ProjectForm, Kind.CLIENT: ClientForm, Kind.TAG: TagForm}


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows of an item. `rate` is written as new sessions get it, "" for none; a client has `projects`."""

    item: Named
    rate: str = ""
    seconds: int = 0
    """Of the present month."""
    last_used: date | None = None
    projects: tuple[Project, ...] = ()


@require_http_methods(["GET", "HEAD", "POST"])
def item_list(request: HttpRequest, kind: Kind) -> HttpResponse:
    """All of a kind, archived ones folded. A POST adds one by its name."""
    visit = Visit.of(request)
    if request.method != "POST":
        return _list_page(request, visit, kind, NewItemForm())
    form = NewItemForm(request.POST)
    if form.is_valid():
        try:
            with writing_user(request) as user:
                item = services.create_item(user, WEB, FORMS[kind].model, name=form.cleaned_data["name"])
        except InvalidInputError as error:
            add_domain_errors(form, error)
        except ConflictError as error:
            form.add_error("name", error.message)
        else:
            say_done(request, _("Added “%(name)s”.") % {"name": item}, item)
            return SeeOther(_list_url(kind))
    return _list_page(request, visit, kind, form, status=422)


def _list_page(request: HttpRequest, visit: Visit, kind: Kind, form: NewItemForm, *, status: int = 200) -> HttpResponse:
    rows = _rows(visit, kind)
    context = {
        "kind": kind,
        "form": form,
        "rows": [row for row in rows if not row.item.archived],
        "archived": [row for row in rows if row.item.archived],
        "tab": "projects",
        "here": _list_url(kind),
    }
    overview = visit.overview(day_period(visit.today), limit=0)
    return render_page(request, f"{kind}s.html", visit, overview, context, status=status)


def _rows(visit: Visit, kind: Kind) -> list[Row]:
    items = [each for each in _all_of(visit.catalogue, kind).values() if each.deleted_at is None]
    if kind == Kind.TAG:
        return [Row(item) for item in items]
    month = ReportQuery(month_period(visit.today), group_by=("client" if kind == Kind.CLIENT else "project",))
    report = read_report(visit.user, month, now=visit.now)
    seconds = {line.key[0]: line.figures.seconds for line in report.lines}
    last_used = read_last_used(visit.user)
    rows = []
    for item in items:
        projects = _projects_of(visit.catalogue, item) if isinstance(item, Client) else ()
        days = [last_used[each.id] for each in (item, *projects) if each.id in last_used]
        rows.append(Row(item, _rate(visit.user, item), seconds.get(item.id, 0), max(days, default=None), projects))
    return rows


def _rate(user: User, item: Named) -> str:
    match item:
        case Project():
            rate, currency = services.rate_of(user, item)
        case Client():
            rate, currency = item.hourly_rate, item.currency or user.currency
        case _:
            rate, currency = None, ""
    return "" if rate is None else format_rate(rate, currency)


def _projects_of(catalogue: Catalogue, client: Named) -> tuple[Project, ...]:
    """The projects of a client, by name; none of anything else."""
    kept = (each for each in catalogue.projects.values() if each.deleted_at is None)
    return tuple(each for each in kept if each.client_id == client.id)


@require_http_methods(["GET", "HEAD", "POST"])
def item_page(request: HttpRequest, kind: Kind, item_id: UUID) -> HttpResponse:
    """All of one item. What was typed for a state that is gone is kept, with what is there now beside it."""
    visit = Visit.of(request)
    item = find_item(visit.catalogue, kind, item_id)
    if request.method != "POST":
        return _item_page(request, visit, kind, item)
    form = FORMS[kind](request.POST, item=item, catalogue=visit.catalogue)
    if form.is_valid():
        values = {**form.cleaned_data}
        versions = frozenset([values.pop("version")])
        try:
            saved = services.edit_item(visit.user, WEB, form.model, item_id, versions=versions, **values)
        except InvalidInputError as error:
            add_domain_errors(form, error)
        except ConflictError as error:
            form.add_error("name", error.message)
        except StaleVersionError:
            form.tell_what_changed()
        else:
            say_done(request, _saved(item, saved), saved)
            return SeeOther(reverse(kind, args=[item_id]))
    return _item_page(request, visit, kind, item, status=422, form=form)


def _item_page(
    request: HttpRequest,
    visit: Visit,
    kind: Kind,
    item: Named,
    *,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """The page of an item; a form that was refused is shown as it was typed."""
    context = {
        "kind": kind,
        "item": item,
        "form": FORMS[kind](item=item, catalogue=visit.catalogue),
        "since_form": SinceForm(today=visit.today),
        "merge_form": MergeForm(project=item, catalogue=visit.catalogue) if isinstance(item, Project) else None,
        "projects": _projects_of(visit.catalogue, item),
        "tab": "projects",
        "here": reverse(kind, args=[item.id]),
        **forms,
    }
    overview = visit.overview(day_period(visit.today), limit=0)
    return render_page(request, f"{kind}.html", visit, overview, context, status=status)


def _saved(before: Named, after: Named) -> str:
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
def item_archive(request: HttpRequest, kind: Kind, item_id: UUID) -> HttpResponse:
    """Takes it out of what is offered (`archived` is "yes"), or offers it again."""
    archived = request.POST.get("archived") == "yes"

    def archive(user: User) -> Named:
        return services.edit_item(user, WEB, FORMS[kind].model, item_id, archived=archived)

    said = _("Archived “%(name)s”. Reports keep it.") if archived else _("“%(name)s” is offered again.")
    _do(request, archive, lambda item: said % {"name": item})
    return back(request)


@require_POST
def item_delete(request: HttpRequest, kind: Kind, item_id: UUID) -> HttpResponse:
    """Deletes it and takes it off all that had it; nothing is asked, it can be undone."""

    def delete(user: User) -> Named:
        return services.delete_item(user, WEB, FORMS[kind].model, item_id)

    _do(request, delete, _deleted)
    return SeeOther(_list_url(kind))


def _deleted(item: Named) -> str:
    count = _count_taken_along(item)
    if not count:
        said = _("Deleted “%(name)s”.")
    elif isinstance(item, Project):
        said = ngettext(
            "Deleted “%(name)s”. Its %(count)d session has “No project” now.",
            "Deleted “%(name)s”. Its %(count)d sessions have “No project” now.",
            count,
        )
    elif isinstance(item, Client):
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
    return said % {"name": item, "count": count}


@require_POST
def project_merge(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Moves all of a project's sessions to another one, and deletes it."""
    visit = Visit.of(request)
    project = cast("Project", find_item(visit.catalogue, Kind.PROJECT, item_id))
    form = MergeForm(request.POST, project=project, catalogue=visit.catalogue)
    if not form.is_valid():
        return _item_page(request, visit, Kind.PROJECT, project, status=422, merge_form=form)
    into = visit.catalogue.projects[form.cleaned_data["into"]]

    def merged(gone: Named) -> str:
        count = _count_taken_along(gone)
        said = ngettext(
            "Merged “%(name)s” into “%(into)s” with %(count)d session.",
            "Merged “%(name)s” into “%(into)s” with %(count)d sessions.",
            count,
        )
        return said % {"name": gone, "into": into, "count": count}

    _do(request, lambda user: services.merge_projects(user, WEB, project.id, into.id), merged)
    return SeeOther(reverse(Kind.PROJECT, args=[into.id]))


def _count_taken_along(item: Named) -> int:
    """How many others, not counting those in the Trash, the press that deleted this one changed with it."""
    batch = cast("UUID", item.written_in)
    of_press = Change.objects.filter(user=item.user_id, at=item.updated_at, batch=batch)  # found by its instant
    return of_press.filter(after__deleted_at=None).exclude(object_id=item.id).count()


def _do(request: HttpRequest, press: Callable[[User], Named], said: Callable[[Named], str]) -> None:
    """Does it and says so with Undo, or says why not; there is nothing typed to keep. Raises NotFoundError."""
    user = known_user(request)
    try:
        item = press(user)
    except NotFoundError:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        say_done(request, said(item), item)


def _all_of(catalogue: Catalogue, kind: Kind) -> Mapping[UUID, Named]:
    everything: dict[Kind, Mapping[UUID, Named]] = {
        Kind.PROJECT: catalogue.projects,
        Kind.CLIENT: catalogue.clients,
        Kind.TAG: catalogue.tags,
    }
    return everything[kind]


def find_item(catalogue: Catalogue, kind: Kind, item_id: UUID) -> Named:
    """An item that is not deleted. Raises NotFoundError."""
    item = _all_of(catalogue, kind).get(item_id)
    if item is None or item.deleted_at is not None:
        raise NotFoundError
    return item


def _list_url(kind: Kind) -> str:
    return reverse(f"{kind}s")
