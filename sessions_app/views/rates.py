"""“Apply to earlier sessions”: what a new rate would change, and the press without which nothing ever changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sessions_app import services
from sessions_app.forms.projects import SinceForm
from sessions_app.models import Kind
from sessions_app.models.organising import Named
from sessions_app.services import Repricing
from sessions_app.timekeeping.periods import day_period
from sessions_app.timekeeping.rates import format_amount
from sessions_app.views.page import WEB, SeeOther, Visit, render_page, say_done
from sessions_app.views.projects import find_item


@dataclass(frozen=True, slots=True)
class AmountRow:
    """What the sessions are worth in one currency, written with it."""

    before: str
    after: str
    difference: str


@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: HttpRequest, kind: Kind | None = None, item_id: UUID | None = None) -> HttpResponse:
    """Asks from which day on (`since`) and shows the difference; a POST applies it.

    Of the sessions of a project or a client, without `kind` of all. Asked without `since` it is the bare form.
    """
    visit = Visit.of(request)
    item = None if kind is None or item_id is None else find_item(visit.catalogue, kind, item_id)
    sent = request.POST if request.method == "POST" else request.GET
    form = SinceForm(sent if "since" in sent or request.method == "POST" else None, today=visit.today)
    if not form.is_valid():
        return _page(request, visit, item, form, status=422 if form.is_bound else 200)
    whose: dict[str, Any] = {} if kind is None else {f"{kind}_id": item_id}
    if request.method != "POST":
        preview = services.preview_rates(visit.user, now=visit.now, **form.cleaned_data, **whose)
        return _page(request, visit, item, form, preview=preview)
    changed = services.apply_rates(visit.user, WEB, **form.cleaned_data, **whose)
    said = ngettext("%(count)d session has its new rate.", "%(count)d sessions have their new rate.", len(changed))
    say_done(request, said % {"count": len(changed)}, *changed)
    return SeeOther(_url(item))


def _page(
    request: HttpRequest,
    visit: Visit,
    item: Named | None,
    form: SinceForm,
    *,
    preview: Repricing | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "item": item,
        "since_form": form,
        "preview": preview,
        "amounts": [] if preview is None else list(_amounts(preview)),
        "came_from": _url(item),
        "tab": "settings" if item is None else "projects",
        "here": _url(item),
    }
    overview = visit.overview(day_period(visit.today), limit=0)
    return render_page(request, "rates.html", visit, overview, context, status=status)


def _amounts(preview: Repricing) -> Iterator[AmountRow]:
    for currency, difference in preview.differences.items():
        before, after = (amounts.get(currency, Decimal()) for amounts in (preview.before, preview.after))
        written = [format_amount(each, currency) for each in (before, after, difference)]
        yield AmountRow(written[0], written[1], f"+{written[2]}" if difference > 0 else written[2])


def _url(item: Named | None) -> str:
    return f"{reverse('settings')}#rates" if item is None else reverse(item.KIND, args=[item.id])
