"""Whole accounts, with every kind of data that a user can have, for tests of export and import."""

import unicodedata
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from hypothesis import strategies as st

from sessions_app import services
from sessions_app.account_export import build_account_export, import_account_export
from sessions_app.models import Client, Project, SessionTag, Source, Tag, TimeSession
from sessions_app.models.catalogue import folded_name
from tests.factories import WEB, make_guest
from tests.sessions_app.services.states import DAY, NOW, SECOND
from timetracker.characters import clean_characters, is_noncharacter

COPIED = (
    "name",
    "note",
    "timezone",
    "billable",
    "source",
    "version",
    "deleted_at",
    "needs_end_check",
    "times_known",
    "confirmed_at",
)
ZONES = ["UTC", "Europe/Berlin", "Pacific/Apia", "America/St_Johns", "Pacific/Kiritimati"]


def texts(most):
    """Generates texts as the database stores them."""
    letters = st.characters(blacklist_categories=("Cc", "Cs")).filter(lambda letter: not is_noncharacter(letter))
    return st.text(letters, max_size=most).map(
        lambda text: unicodedata.normalize("NFC", clean_characters(text)).strip()[:most].strip()
    )


words = (
    st.text("abcÄßçñ漢字-", min_size=1, max_size=8)
    .map(lambda text: f"x{text}")
    .map(lambda text: unicodedata.normalize("NFC", text))
)
rates = st.none() | st.decimals(0, 99_999_999, places=4)
currencies = st.sampled_from(["EUR", "JPY", "TND"])
deleted = st.sampled_from([None, None, NOW - 3 * DAY, NOW])
ago = st.integers(0, 400 * 86400)
lengths = st.sampled_from([0, 1, 3600, 86400, 90 * 86400]) | st.integers(0, 40_000)
priced = {"hourly_rate": rates, "currency": currencies | st.just("")}


budgets = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"budget_seconds": st.integers(1, 3_600_000_000), "budget_period": st.just("month")}),
    st.fixed_dictionaries({"budget_amount": st.decimals("0.0001", 99_999_999, places=4)}),
)


def entry(**fields):
    """Generates the fields of a client, project or tag."""
    return st.fixed_dictionaries({"name": words, **fields})


def entries(most, **fields):
    """Generates clients, projects or tags whose names differ by more than case."""
    return st.lists(
        entry(**fields),
        max_size=most,
        unique_by=lambda each: folded_name(each["name"]),
    )


accounts = st.fixed_dictionaries(
    {
        "settings": st.fixed_dictionaries(
            {
                "display_name": texts(20),
                "timezone": st.sampled_from(ZONES),
                "week_start": st.integers(0, 6),
                "clock": st.sampled_from(["12", "24"]),
                "notes_last_seen": st.booleans(),
                "theme": st.sampled_from(["system", "light", "dark"]),
                "day_goal_seconds": st.none() | st.integers(60, 86_400),
                "week_goal_seconds": st.none() | st.integers(60, 604_800),
                "hourly_rate": rates,
                "currency": currencies,
            }
        ),
        "clients": entries(3, archived=st.booleans(), **priced),
        "projects": st.lists(
            st.tuples(entry(colour=st.integers(1, 8), billable_by_default=st.booleans(), **priced), budgets).map(
                lambda drawn: drawn[0] | drawn[1]
            ),
            max_size=4,
            unique_by=lambda each: folded_name(each["name"]),
        ),
        "tags": entries(3),
        "deleted_items": deleted,
        "sessions": st.lists(
            st.fixed_dictionaries(
                {
                    "ago": ago,
                    "length": lengths,
                    "name": texts(200),
                    "note": st.lists(texts(30), max_size=3).map("\n".join).map(str.strip),
                    "timezone": st.sampled_from(ZONES),
                    "billable": st.booleans(),
                    "rate": st.none() | st.tuples(st.decimals(0, 500, places=2), currencies, st.booleans()),
                    "source": st.sampled_from(Source.values),
                    "version": st.integers(1, 10_000),
                    "deleted_at": deleted,
                    "needs_end_check": st.booleans(),
                    "times_known": st.booleans(),
                    "confirmed_at": st.sampled_from([None, NOW - 2 * DAY]),
                    "pick": st.integers(0, 1000),
                }
            ),
            max_size=8,
        ),
        "is_running": st.booleans(),
    }
)


def make_everything(account):
    """Makes a guest with these rows. Only the sessions bypass the services, since they may be as old data is."""
    user = make_guest(**account["settings"])
    made = {model: [] for model in (Client, Project, Tag)}
    for model, key in ((Client, "clients"), (Project, "projects"), (Tag, "tags")):
        for number, fields in enumerate(account[key]):
            more = {"client_id": made[Client][0].id} if model is Project and made[Client] and number % 2 else {}
            made[model].append(services.create_entry(user, WEB, model, **{**fields, **more}))
        if account["deleted_items"] is not None and made[model]:
            services.delete_entry(user, WEB, model, made[model].pop().id)
    for fields in account["sessions"]:
        _make_session(user, fields, made[Project], made[Tag])
    if account["is_running"]:
        project = made[Project][0] if made[Project] else None
        services.start_timer(user, WEB, name="Now", start=NOW - timedelta(days=40), project_id=project and project.id)
    return user


def export(user):
    """Returns the bytes of a user's export."""
    with build_account_export(user) as file:
        return file.read()


def bring_in(user, content):
    """Imports the bytes of an export."""
    return import_account_export(user, WEB, BytesIO(content))


def _make_session(user, fields, projects, tags):
    start = NOW - fields["ago"] * SECOND
    rate, currency, is_override = fields["rate"] or (None, "", False)
    pick = fields["pick"]
    session = TimeSession(
        user=user,
        start=start,
        end=min(start + fields["length"] * SECOND, NOW),
        project=projects[pick % len(projects)] if projects and pick % 3 else None,
        hourly_rate=rate,
        currency=currency,
        rate_is_override=is_override,
        created_at=start,
        updated_at=NOW,
        **{name: fields[name] for name in COPIED},
    )
    session.set_derived_fields()
    session.save(force_insert=True)
    SessionTag.objects.bulk_create(
        SessionTag(user=user, session=session, tag=tag) for number, tag in enumerate(tags) if pick >> number & 1
    )


ACCOUNT = {
    "settings": {"display_name": "Mira", "timezone": "Europe/Berlin", "hourly_rate": Decimal(80), "currency": "EUR"},
    "clients": [{"name": "Acme"}],
    "projects": [{"name": "Logo", "hourly_rate": Decimal("95.5")}, {"name": "Site"}],
    "tags": [{"name": "draft"}, {"name": "call"}],
    "deleted_items": None,
    "sessions": [],
    "is_running": False,
}
"""A small account, without sessions."""
