from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from sessions_app import services
from sessions_app.management.sample_data import (
    ARCHIVED_PROJECT,
    CLIENTS,
    PROJECTS,
    RUNNING,
    RUNNING_FOR,
    Activity,
    sample_sessions,
)
from sessions_app.models import Client, Project, Source, TimeSession
from sessions_app.models.catalogue import BudgetPeriod
from timetracker import clock
from users_app.models import User
from users_app.zones import validate_zone

EMAIL = "developer@example.org"
PASSWORD = "sample data"  # noqa: S105  # used only on servers that no other machine can reach
ZONE = "Europe/Berlin"
WEB = services.Actor(Source.WEB)


class Command(BaseCommand):
    help = "Adds five weeks of sample sessions, with clients, projects and tags, to a user who has no sessions yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default=EMAIL, help="Whose they are; made with DEBUG=on when missing.")
        parser.add_argument("--seed", type=int, default=1, help="Another number gives other sessions.")
        parser.add_argument("--timezone", default=ZONE, help="That of a user who is made.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Adds the sample data in one transaction."""
        with transaction.atomic():
            user = _find_or_make_user(options["email"], options["timezone"])
            if TimeSession.objects.for_user(user).exists():
                raise CommandError(f"{user} has sessions already. Name another user with --email.")
            count = _add_sample_data(user, seed=options["seed"])
        self.stdout.write(f"Added {count} sessions for {user}.")
        if user.check_password(PASSWORD):
            self.stdout.write(f"Sign in at {settings.BASE_URL}/admin/ as {user} with the password: {PASSWORD}")


def _find_or_make_user(email: str, zone: str) -> User:
    try:
        return User.objects.get_by_natural_key(email)
    except User.DoesNotExist:
        pass
    if not settings.DEBUG:
        raise CommandError(
            f"There is no user {email}. Name one with --email, or set DEBUG=on to make one with a known password."
        )
    try:
        validate_zone(zone)
    except ValidationError as error:
        raise CommandError(error.messages[0]) from error
    return User.objects.create_superuser(email, PASSWORD, display_name="Developer", timezone=zone, hourly_rate=80)


def _add_sample_data(user: User, *, seed: int) -> int:
    projects = _add_catalogue(user)
    now = clock.now()
    finished = sample_sessions(now, user.zone, seed=seed)
    saved = [
        services.save_session(user, WEB, start=each.start, end=each.end, **_fields(each.activity, projects))
        for each in finished
    ]
    services.edit_session(user, WEB, saved[0].pk, note="Waits for the photos.")
    services.delete_session(user, WEB, saved[1].pk)
    services.edit_entry(user, WEB, Project, projects[ARCHIVED_PROJECT], archived=True)
    services.start_timer(user, WEB, start=now - RUNNING_FOR, **_fields(RUNNING, projects))
    return len(saved) + 1


def _add_catalogue(user: User) -> dict[str, UUID]:
    clients = {"": None} | {
        name: services.create_entry(user, WEB, Client, name=name, hourly_rate=rate, currency=currency).pk
        for name, (rate, currency) in CLIENTS.items()
    }
    return {
        name: services.create_entry(
            user,
            WEB,
            Project,
            name=name,
            client_id=clients[each.client],
            hourly_rate=each.hourly_rate,
            billable_by_default=each.is_billable,
            colour=each.colour,
            budget_seconds=each.hours_a_month and each.hours_a_month * 3600,
            budget_period=BudgetPeriod.MONTH,
        ).pk
        for name, each in PROJECTS.items()
    }


def _fields(activity: Activity, projects: Mapping[str, UUID]) -> Any:
    return {"name": activity.name, "tags": activity.tags, "project_id": projects.get(activity.project)}
