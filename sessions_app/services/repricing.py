"""Giving earlier sessions the present rate: on request only, with a preview, undone like any change."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sessions_app.models import Change, Client, Project, TimeSession
from sessions_app.services.changeset import Actor, changeset
from sessions_app.services.resolving import resolve_rate
from sessions_app.services.validation import SessionFields
from timetracker.errors import NotFoundError
from timetracker.money import calculate_amount
from users_app.models import User


@dataclass(frozen=True, slots=True)
class Repricing:
    """What a new rate would change: how many sessions, and the amount of their billable time before and after.

    Amounts by currency, each the sessions' time at their rates, rounded once.
    """

    session_count: int
    before: Mapping[str, Decimal]
    after: Mapping[str, Decimal]

    @property
    def differences(self) -> dict[str, Decimal]:
        """Returns how much more, or less, there will be in each currency."""
        currencies = sorted({*self.before, *self.after})
        return {each: self.after.get(each, Decimal()) - self.before.get(each, Decimal()) for each in currencies}


def preview_rates(
    user: User,
    *,
    since: date,
    now: datetime,
    project_id: UUID | None = None,
    client_id: UUID | None = None,
    also_billable: bool = False,
) -> Repricing:
    """Returns what `apply_rates` would change; the running session counts up to `now`. Raises NotFoundError."""
    before: defaultdict[str, list[tuple[int, Decimal]]] = defaultdict(list)
    after: defaultdict[str, list[tuple[int, Decimal]]] = defaultdict(list)
    count = 0
    for session, new in _changes(user, since, project_id, client_id, also_billable=also_billable):
        count += 1
        seconds = session.seconds_at(now)
        if session.billable and session.hourly_rate is not None:
            before[session.currency].append((seconds, session.hourly_rate))
        if new["billable"] and (rate := new["hourly_rate"]) is not None:
            after[new["currency"]].append((seconds, rate))
    return Repricing(count, _worth(before), _worth(after))


def apply_rates(
    user: User,
    actor: Actor,
    *,
    since: date,
    project_id: UUID | None = None,
    client_id: UUID | None = None,
    also_billable: bool = False,
) -> list[TimeSession]:
    """Gives sessions from the day `since` on the rate they would get now, as one changeset; returns those changed.

    Those of a project, of a client, or all when neither is named, except those in the Trash. A session with
    a rate of its own keeps it. With `also_billable` all of them become billable. Raises NotFoundError.
    """
    with changeset(user, actor) as changes:
        found = list(_changes(changes.user, since, project_id, client_id, also_billable=also_billable))
        changes.change_all(found, Change.Action.REPRICE)
        return [session for session, _fields in found]


def _changes(
    user: User, since: date, project_id: UUID | None, client_id: UUID | None, *, also_billable: bool
) -> Iterator[tuple[TimeSession, SessionFields]]:
    """Yields the sessions that would change, each with its new rate, currency and billable mark."""
    projects = {each.id: each for each in Project.objects.for_user(user).select_related("client")}
    sessions = TimeSession.objects.for_user(user).not_deleted().filter(first_date__gte=since)
    if project_id is not None:
        _check_exists(Project, user, project_id)
        sessions = sessions.filter(project=project_id)
    elif client_id is not None:
        _check_exists(Client, user, client_id)
        of_client = [each.id for each in projects.values() if each.client_id == client_id]
        sessions = sessions.filter(project__in=of_client)
    rates = {None: resolve_rate(user, None), **{each.id: resolve_rate(user, each) for each in projects.values()}}
    for session in sessions.order_by("start", "id"):
        present = session.hourly_rate, session.currency
        rate, currency = present if session.rate_is_override else rates[session.project_id]
        billable = session.billable or also_billable
        if (*present, session.billable) != (rate, currency, billable):
            yield session, {"hourly_rate": rate, "currency": currency, "billable": billable}


def _check_exists(model: type[Project | Client], user: User, object_id: UUID) -> None:
    if not model.objects.for_user(user).not_deleted().filter(id=object_id).exists():
        raise NotFoundError


def _worth(parts: Mapping[str, list[tuple[int, Decimal]]]) -> dict[str, Decimal]:
    return {currency: calculate_amount(each, currency) for currency, each in sorted(parts.items())}
