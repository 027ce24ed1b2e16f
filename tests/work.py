"""A month of a freelancer's sessions: two clients, rates, currencies, tags, nights, odd seconds, a running session."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sessions_app import services
from sessions_app.models import Client, Project
from tests.factories import WEB, make_session, start_session
from users_app.models import User

MONTH = "from=2026-11-01&to=2026-11-30"


def make_client(user: User, name: str, rate: str | None = None, currency: str = "") -> Client:
    return services.create_entry(user, WEB, Client, name=name, hourly_rate=rate and Decimal(rate), currency=currency)


def make_project(user: User, name: str, client: Client | None = None, rate: str | None = None, **fields) -> Project:
    return services.create_entry(
        user, WEB, Project, name=name, client_id=client and client.id, hourly_rate=rate and Decimal(rate), **fields
    )


def make_work(user: User, count: int = 40, *, running: bool = True) -> None:
    """Makes sessions of November 2026 until the morning of the 23rd, some of them before and over midnight."""
    chance = random.Random(count)
    acme, mira = make_client(user, "Acme", "80", "EUR"), make_client(user, "Mira & Sons", "33.3333", "USD")
    projects = [
        None,
        make_project(user, "Website", acme),
        make_project(user, "=Logo", acme, "95.5", currency="EUR"),
        make_project(user, "Shop", mira),
        make_project(user, "Garden"),
    ]
    begin = datetime(2026, 10, 30, 6, tzinfo=UTC)
    step = (datetime(2026, 11, 23, 1, tzinfo=UTC) - begin) / count
    for number in range(count):
        project = chance.choice(projects)
        start = (begin + number * step).replace(microsecond=0)
        end = start + timedelta(seconds=chance.randrange(1, 5 * 3_600))
        make_session(
            user,
            start.isoformat(),
            end.isoformat(),
            chance.choice(["", "Logo sketches", "Mail", "@call", "Écriture"]),
            project_id=project and project.id,
            tags=chance.sample(["deep", "urgent"], chance.randrange(3)),
            billable=chance.random() < 0.7,
        )
    if running:
        start_session(user, "2026-11-23T07:40:11Z", "Now", project_id=projects[1].id, billable=True)
