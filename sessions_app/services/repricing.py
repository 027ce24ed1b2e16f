"""Repricing: giving earlier sessions the present rate, on request only, with a preview, and with undo."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from sessions_app.models import Change, Client, Project, TimeSession
from sessions_app.services.changeset import Actor, ChangesetWriter
from sessions_app.services.parts import CHUNK, State, Step, begin_work, kind_of_work
from sessions_app.services.resolving import resolve_rate
from sessions_app.services.validation import SessionFields
from timetracker.errors import NotFoundError
from timetracker.money import calculate_amount
from users_app.models import User

REPRICE = "reprice"

_Cell = tuple[UUID | None, Decimal, str]
"""Project, rate and currency: reports round the amount once for each of these (`reports.cells`)."""


@dataclass(frozen=True, slots=True)
class Repricing:
    """The number of sessions that repricing would change, and the amounts of their billable time before and after.

    Amounts are by currency, and rounded as in a report of these sessions: once for each project and rate.
    """

    session_count: int
    before: Mapping[str, Decimal]
    after: Mapping[str, Decimal]

    @property
    def differences(self) -> dict[str, Decimal]:
        """Returns the change of the amount in each currency."""
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
    before: Counter[_Cell] = Counter()
    after: Counter[_Cell] = Counter()
    count = 0
    for session, new in _changes(user, since, project_id, client_id, also_billable=also_billable):
        count += 1
        seconds = session.seconds_at(now)
        if session.billable and session.hourly_rate is not None:
            before[session.project_id, session.hourly_rate, session.currency] += seconds
        if new["billable"] and (rate := new["hourly_rate"]) is not None:
            after[session.project_id, rate, new["currency"]] += seconds
    return Repricing(count, _amounts(before), _amounts(after))


@dataclass(frozen=True, slots=True)
class Repriced:
    """The number of sessions that got a new rate, and the id of the changeset; None when there were none.

    While `is_finished` is False, `parts.go_on` reprices the rest.
    """

    session_count: int
    changeset_id: UUID | None
    is_finished: bool = True


def apply_rates(
    user: User,
    actor: Actor,
    *,
    since: date,
    project_id: UUID | None = None,
    client_id: UUID | None = None,
    also_billable: bool = False,
    seconds: float | None = None,
) -> Repriced:
    """Gives the sessions from the day `since` on the rate that they would get now, as one changeset, in parts.

    The sessions are those of a project, of a client, or all, except those in the Trash. A session with a rate of its
    own keeps that. With `also_billable`, all of them become billable. Stops after about `seconds`, if given. Raises
    NotFoundError.
    """
    state: State = {
        "since": since.isoformat(),
        "project_id": None if project_id is None else str(project_id),
        "client_id": None if client_id is None else str(client_id),
        "also_billable": also_billable,
        "after": None,
        "count": 0,
    }
    _check_owner(user, project_id, client_id)
    progress = begin_work(user, actor, REPRICE, state, seconds=seconds)
    return Repriced(progress.state["count"], progress.changeset_id, progress.is_finished)


@kind_of_work(REPRICE)
def _make_step(_user: User, _state: State) -> Step:
    return _step


def _step(changes: ChangesetWriter, state: State) -> bool:
    """Reprices up to CHUNK sessions, with the rates at this moment, which may have changed since the last step."""
    sessions = _sessions(
        changes.user,
        date.fromisoformat(state["since"]),
        *(None if state[name] is None else UUID(state[name]) for name in ("project_id", "client_id")),
    )
    if state["after"] is not None:
        start, session_id = datetime.fromisoformat(state["after"][0]), UUID(state["after"][1])
        sessions = sessions.filter(Q(start__gt=start) | Q(start=start, id__gt=session_id), start__gte=start)
    chunk = list(sessions[:CHUNK])
    found = _new_rates(changes.user, chunk, also_billable=state["also_billable"])
    state["count"] += changes.change_all(found, Change.Action.REPRICE)
    if chunk:
        state["after"] = [chunk[-1].start.isoformat(), str(chunk[-1].id)]
    return len(chunk) < CHUNK


def _changes(
    user: User, since: date, project_id: UUID | None, client_id: UUID | None, *, also_billable: bool
) -> Iterator[tuple[TimeSession, SessionFields]]:
    """Yields the sessions that would change, with their new rate, currency and billable mark."""
    _check_owner(user, project_id, client_id)
    sessions = _sessions(user, since, project_id, client_id).iterator(chunk_size=400)
    return _new_rates(user, sessions, also_billable=also_billable)


def _sessions(user: User, since: date, project_id: UUID | None, client_id: UUID | None) -> QuerySet[TimeSession]:
    sessions: QuerySet[TimeSession] = TimeSession.objects.for_user(user).not_deleted().filter(first_date__gte=since)
    if project_id is not None:
        sessions = sessions.filter(project=project_id)
    elif client_id is not None:
        of_client = Project.objects.for_user(user).filter(client=client_id).values("id")
        sessions = sessions.filter(project__in=list(of_client.values_list("id", flat=True)))
    return sessions.order_by("start", "id")


def _new_rates(
    user: User, sessions: Iterable[TimeSession], *, also_billable: bool
) -> Iterator[tuple[TimeSession, SessionFields]]:
    projects = {each.id: each for each in Project.objects.for_user(user).select_related("client")}
    rates = {None: resolve_rate(user, None), **{each.id: resolve_rate(user, each) for each in projects.values()}}
    for session in sessions:
        present = session.hourly_rate, session.currency
        rate, currency = present if session.rate_is_override else rates[session.project_id]
        billable = session.billable or also_billable
        if (*present, session.billable) != (rate, currency, billable):
            yield session, {"hourly_rate": rate, "currency": currency, "billable": billable}


def _check_owner(user: User, project_id: UUID | None, client_id: UUID | None) -> None:
    if project_id is not None:
        _check_exists(Project, user, project_id)
    elif client_id is not None:
        _check_exists(Client, user, client_id)


def _check_exists(model: type[Project | Client], user: User, object_id: UUID) -> None:
    if not model.objects.for_user(user).not_deleted().filter(id=object_id).exists():
        raise NotFoundError


def _amounts(seconds: Mapping[_Cell, int]) -> dict[str, Decimal]:
    """Returns the amount in each currency, rounded as in a report of these sessions: once for each cell."""
    amounts: dict[str, Decimal] = {}
    for (_project_id, rate, currency), each in seconds.items():
        amounts[currency] = amounts.get(currency, Decimal()) + calculate_amount([(each, rate)], currency)
    return dict(sorted(amounts.items()))
