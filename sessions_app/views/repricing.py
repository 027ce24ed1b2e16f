"""“Apply to earlier sessions”: the preview of a new rate, and the button that applies it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sessions_app import services
from sessions_app.forms.catalogue import RepricingForm
from sessions_app.models import Kind
from sessions_app.models.catalogue import CatalogueEntry
from sessions_app.pages.actions import SECONDS_OF_WORK, WEB, going_on_url
from sessions_app.pages.catalogue import PAGES
from sessions_app.pages.context import PageContext
from sessions_app.selectors.catalogue import get_entry
from sessions_app.services import Repricing
from timetracker.money import format_amount
from timetracker.pages import SeeOther, respond
from users_app.guests import leads_to_sign_in_where_closed

_FILTERS = {Kind.PROJECT: "project_id", Kind.CLIENT: "client_id"}


@dataclass(frozen=True, slots=True)
class AmountRow:
    """The formatted amounts of the sessions in one currency."""

    before: str
    after: str
    difference: str


@require_http_methods(["GET", "HEAD", "POST"])
@leads_to_sign_in_where_closed
def repricing(request: HttpRequest, kind: Kind | None = None, entry_id: UUID | None = None) -> HttpResponse:
    """Asks from which day on (`since`) to reprice, and shows the difference; a POST applies it.

    The sessions are those of a project or client; all without `kind`. Without `since`, shows only the form.
    """
    page = PageContext.of(request)
    entry = None if kind is None or entry_id is None else get_entry(page.catalogue, kind, entry_id)
    sent = request.POST if request.method == "POST" else request.GET
    form = RepricingForm(sent if "since" in sent or request.method == "POST" else None, today=page.today)
    if not form.is_valid():
        return _page(request, entry, form, status=422 if form.is_bound else 200)
    whose: dict[str, Any] = {} if kind is None else {_FILTERS[kind]: entry_id}
    if request.method != "POST":
        preview = services.preview_rates(page.user, now=page.now, **form.cleaned_data, **whose)
        return _page(request, entry, form, preview=preview)
    done = services.apply_rates(page.user, WEB, **form.cleaned_data, **whose, seconds=SECONDS_OF_WORK)
    if not done.is_finished:
        return SeeOther(going_on_url(done.changeset_id, _url(entry)))
    if done.changeset_id is None:
        messages.info(request, _("Nothing changed."))
        return SeeOther(_url(entry))
    message = ngettext(
        "%(count)d session has its new rate.", "%(count)d sessions have their new rate.", done.session_count
    )
    messages.success(request, message % {"count": done.session_count}, extra_tags=str(done.changeset_id))
    return SeeOther(_url(entry))


def _page(
    request: HttpRequest,
    entry: CatalogueEntry | None,
    form: RepricingForm,
    *,
    preview: Repricing | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "entry": entry,
        "repricing_form": form,
        "preview": preview,
        "amounts": [] if preview is None else list(_amounts(preview)),
        "next_url": _url(entry),
        "tab": "settings" if entry is None else "projects",
        "here": _url(entry),
    }
    return respond(request, "catalogue/repricing.html", context, status=status)


def _amounts(preview: Repricing) -> Iterator[AmountRow]:
    for currency, difference in preview.differences.items():
        before, after = (amounts.get(currency, Decimal()) for amounts in (preview.before, preview.after))
        texts = [format_amount(each, currency) for each in (before, after, difference)]
        yield AmountRow(texts[0], texts[1], f"+{texts[2]}" if difference > 0 else texts[2])


def _url(entry: CatalogueEntry | None) -> str:
    return reverse("settings_rates") if entry is None else reverse(PAGES[entry.KIND].detail_url, args=[entry.id])
