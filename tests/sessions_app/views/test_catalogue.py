"""Projects, clients and tags: lists, their pages, and what happens to sessions when one goes."""

import re
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client as Browser

from sessions_app import services
from sessions_app.models import Client, Project, Tag, TimeSession
from tests.factories import WEB, make_session
from users_app.models import User

KINDS = [("projects", Project), ("clients", Client), ("tags", Tag)]
each_kind = pytest.mark.parametrize(("kinds", "model"), KINDS, ids=["projects", "clients", "tags"])


def flat(response) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", response.text)))


def add(user, model, name, **fields):
    return services.create_entry(user, WEB, model, name=name, **fields)


def shown(entry) -> dict[str, str]:
    """What a browser sends of the page of an entry, nothing changed."""
    values = {"name": entry.name, "version": str(entry.version)}
    if isinstance(entry, Project):
        values |= {"client_id": str(entry.client_id or ""), "client_name": "", "colour": str(entry.colour)}
        values |= {"budget": "", "budget_unit": "time", "budget_period": entry.budget_period}
    if not isinstance(entry, Tag):
        values |= {"hourly_rate": str(entry.hourly_rate or ""), "currency": entry.currency}
    return values


def save(browser, entry, **changes):
    return browser.post(f"/{entry.KIND}s/{entry.id}/", {**shown(entry), **changes})


def undo(browser):
    assert browser.post("/undo/changeset/").status_code == 303


@pytest.fixture
def acme(owner) -> Project:
    return add(owner, Project, "Acme")


@each_kind
@pytest.mark.django_db
def test_an_unknown_user_sees_the_empty_page_and_becomes_a_guest_by_adding(kinds, model):
    browser = Browser()
    assert "appear here when you" in flat(browser.get(f"/{kinds}/"))
    assert browser.post(f"/{kinds}/", {"name": " "}).status_code == 422
    assert User.objects.count() == 0

    page = flat(browser.post(f"/{kinds}/", {"name": "Acme"}, follow=True))

    assert "Added “Acme”." in page
    assert "appear here when you" not in page
    assert model.objects.for_user(User.objects.get()).get().name == "Acme"


@each_kind
def test_a_name_that_is_taken_stays_in_the_field_with_the_reason(signed_in, owner, kinds, model):
    add(owner, model, "Acme")

    response = signed_in.post(f"/{kinds}/", {"name": "ACME"})

    assert response.status_code == 422
    assert "There is “Acme” already. Choose another name, or use that one." in flat(response)
    field = re.search(r'<input[^>]*id="id_new_name"[^>]*>', response.text)[0]
    assert 'value="ACME"' in field
    assert "autofocus" in field
    assert model.objects.for_user(owner).count() == 1


@pytest.mark.parametrize(
    ("kinds", "name", "message"),
    [
        ("projects", "", "Give a name."),
        ("clients", "x" * 101, "This has 101 characters, at most 100 are kept. Shorten it."),
        ("projects", "a\x07b", "Control characters cannot be kept. Leave them out."),
        ("tags", "two words", "“two words” cannot be a tag."),
    ],
)
def test_what_is_no_name_is_rejected_with_the_reason(signed_in, kinds, name, message):
    response = signed_in.post(f"/{kinds}/", {"name": name})

    assert response.status_code == 422
    assert message in flat(response)


@pytest.mark.parametrize(("count", "more"), [(5, ""), (6, "1 more project "), (9, "4 more projects ")])
def test_clients_show_their_first_projects_and_how_many_more_there_are(signed_in, owner, count, more):
    acme = add(owner, Client, "Acme")
    for number in range(count):
        add(owner, Project, f"P{number}", client_id=acme.id)

    page = flat(signed_in.get("/clients/"))

    assert f"P0 P1 P2 P3 P4 {more}not used yet" in page


def test_projects_show_their_client_the_hours_of_the_month_and_when_they_were_last_used(signed_in, owner):
    client = add(owner, Client, "Mira Ltd")
    project = add(owner, Project, "Web", client_id=client.id, hourly_rate=Decimal("62.5"), currency="USD")
    idle = add(owner, Project, "Idle")
    trashed = make_session(owner, "2026-11-22T08:00:00Z", "2026-11-22T09:00:00Z", project_id=idle.id)
    services.delete_session(owner, WEB, trashed.id)
    make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T08:45:00Z", project_id=project.id)
    make_session(owner, "2026-11-18T22:30:00Z", "2026-11-19T00:30:00Z", project_id=project.id)
    make_session(owner, "2026-10-05T08:00:00Z", "2026-10-05T16:00:00Z", project_id=project.id)
    make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")

    rows = [
        re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row)).replace("\xa0", " ").strip()
        for row in re.findall(
            r'<li class="entry"[^>]*>(.*?)<div class="more">', signed_in.get("/projects/").text, re.DOTALL
        )
    ]
    assert rows == [
        "Idle not used yet 0:00 this month",
        "Web Mira Ltd 62.50 USD an hour last used 23 Nov 2026 2:45 this month",
    ]
    assert "Mira Ltd Web last used 23 Nov 2026 2:45 this month" in flat(signed_in.get("/clients/"))


@pytest.mark.parametrize(("kind", "model"), [("project", Project), ("client", Client), ("tag", Tag)])
def test_the_hours_of_the_month_lead_to_their_sessions(signed_in, owner, kind, model):
    found = add(owner, model, "Mine")
    field = {"project": {"project_id": found.id}, "tag": {"tag_ids": [found.id]}}.get(kind)
    field = field or {"project_id": add(owner, Project, "Web", client_id=found.id).id}
    make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T08:45:00Z", "Navigation", **field)
    make_session(owner, "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", "Mail")

    (address,) = re.findall(rf'<a id="hours-{found.id}"\s+href="([^"]*)"', signed_in.get(f"/{kind}s/").text)

    page = flat(signed_in.get(address))
    assert "0:45" in page
    assert "Navigation" in page
    assert "Mail" not in page


def test_tags_show_when_they_were_last_used(signed_in, owner, monkeypatch):
    deep, _idle = add(owner, Tag, "deep"), add(owner, Tag, "idle")
    make_session(owner, "2026-11-23T08:00:00Z", "2026-11-23T08:45:00Z", tag_ids=[deep.id])

    page = flat(signed_in.get("/tags/"))
    assert "deep last used 23 Nov 2026 0:45 this month" in page
    assert "idle not used yet 0:00 this month" in page

    monkeypatch.setattr("sessions_app.selectors.catalogue.MAX_LOOKED_AT", 1)
    assert "idle not used since 23 Nov 2026 0:00 this month" in flat(signed_in.get("/tags/"))


@each_kind
def test_lists_take_as_many_queries_for_one_as_for_many(signed_in, owner, kinds, model, django_assert_max_num_queries):
    for number in range(12):
        add(owner, model, f"Item{number}")
    signed_in.get(f"/{kinds}/")

    with django_assert_max_num_queries(11):
        signed_in.get(f"/{kinds}/")


@each_kind
@pytest.mark.parametrize("is_script", [True, False], ids=["in its row", "on a page"])
def test_an_entry_is_renamed_where_it_stands(signed_in, owner, kinds, model, is_script):
    entry, other = add(owner, model, "Acme"), add(owner, model, "Other")
    url, back = f"/{kinds}/{entry.id}/name/?next=/{kinds}/%3Fpage=1", f"/{kinds}/?page=1"
    headers = {"HX-Request": "true"} if is_script else {}
    form = signed_in.get(url, headers=headers)
    assert ("<html" in form.text) is not is_script
    assert re.search(r'name="name"[^>]*value="Acme"', form.text)
    typed = {"version": str(entry.version), "next": back}

    rejected = signed_in.post(url, {**typed, "name": "OTHER"}, headers=headers)
    assert rejected.status_code == 422
    assert "There is “Other” already." in flat(rejected)
    assert rejected["HX-Retarget"] == f"#rename-{entry.id}"
    saved = signed_in.post(url, {**typed, "name": "Bolt"}, headers=headers)

    assert (saved.status_code, saved["Location"]) == (303, f"{back}#entry-{entry.id}")
    entry.refresh_from_db()
    assert entry.name == "Bolt"
    page = signed_in.get(back)
    assert "Saved “Bolt”." in flat(page)
    assert f'href="/{kinds}/{entry.id}/name/?next=/{kinds}/%3Fpage%3D1"' in page.text
    stale = signed_in.post(url, {**typed, "name": "Third"}, headers=headers)
    assert stale.status_code == 409
    assert "Here is “Bolt” now." in flat(stale)
    again = {**typed, "name": "Third", "version": re.search(r'name="version" value="(\d+)"', stale.text)[1]}
    assert signed_in.post(url, again, headers=headers).status_code == 303
    undo(signed_in)
    entry.refresh_from_db()
    assert (entry.name, other.name) == ("Bolt", "Other")


def test_all_of_a_project_is_saved_and_undone_at_once(signed_in, owner, acme):
    response = save(
        signed_in, acme, name="Acme Web", client_name="Mira Ltd", colour="7", billable_by_default="on",
        hourly_rate="62,5", currency="CHF", archived="on",
    )  # fmt: skip

    assert (response.status_code, response["Location"]) == (303, f"/projects/{acme.id}/")
    page = signed_in.get(response["Location"])
    assert "Saved “Acme Web”. Earlier sessions keep their rate. Apply to earlier sessions…" in flat(page)
    assert 'value="62.50"' in page.text
    acme.refresh_from_db()
    assert (acme.name, acme.client.name, acme.colour, acme.billable_by_default) == ("Acme Web", "Mira Ltd", 7, True)
    assert (acme.hourly_rate, acme.currency, acme.archived) == (Decimal("62.5"), "CHF", True)

    undo(signed_in)
    acme.refresh_from_db()
    assert (acme.name, acme.client, acme.hourly_rate, acme.archived) == ("Acme", None, None, False)
    assert not Client.objects.for_user(owner).not_deleted().exists()


@pytest.mark.parametrize(
    ("typed", "unit", "seconds", "amount", "shown_again"),
    [
        ("40", "time", 144_000, None, "40"),
        (" 40,5 ", "time", 145_800, None, "40:30"),
        ("40:30", "time", 145_800, None, "40:30"),
        ("0:00:07", "time", 7, None, "0:00:07"),
        ("5000", "money", None, Decimal(5000), "5000"),
        ("1 200,50", "money", None, Decimal("1200.5"), "1200.50"),
        ("", "money", None, None, ""),
    ],
)
def test_a_budget_is_typed_as_hours_or_money(signed_in, acme, typed, unit, seconds, amount, shown_again):
    assert save(signed_in, acme, budget=typed, budget_unit=unit, budget_period="month").status_code == 303

    acme.refresh_from_db()
    assert (acme.budget_seconds, acme.budget_amount, acme.budget_period) == (seconds, amount, "month")
    field = re.search(r'<input[^>]*id="id_entry_budget"[^>]*>', signed_in.get(f"/projects/{acme.id}/").text)[0]
    assert re.findall(r'value="([^"]*)"', field) == [shown_again] * bool(shown_again)
    again = save(signed_in, acme, budget=shown_again, budget_unit=unit, budget_period="month")
    assert "Nothing changed." in flat(signed_in.get(again["Location"]))


@pytest.mark.parametrize(
    ("typed", "unit", "message"),
    [
        ("much", "time", "“much” is not a budget. Give hours, such as 40 or 40:30."),
        ("40:30", "money", "“40:30” is not a budget. Give an amount, such as 5000 or 1200.50."),
        ("1,200", "money", "“1,200” can be read in two ways. Leave out the separator, or give two decimals."),
        ("0", "time", "Give a budget of more than nothing, up to 1,000,000 hours, or none."),
        ("0", "money", "Give a budget of more than nothing, up to 99999999, or none."),
    ],
)
def test_what_is_no_budget_stays_in_the_field_with_the_reason(signed_in, acme, typed, unit, message):
    response = save(signed_in, acme, budget=typed, budget_unit=unit)

    assert response.status_code == 422
    assert message in flat(response)
    field = re.search(r'<input[^>]*id="id_entry_budget"[^>]*>', response.text)[0]
    assert f'value="{typed}"' in field
    assert 'aria-describedby="id_entry_budget_error"' in field


def test_the_list_and_the_page_show_what_is_used_of_a_budget(signed_in, owner):
    rated = {"hourly_rate": Decimal(50), "currency": "EUR", "billable_by_default": True}
    total = add(owner, Project, "Total", budget_seconds=36_000)
    monthly = add(owner, Project, "Monthly", budget_amount=Decimal(100), budget_period="month", **rated)
    over = add(owner, Project, "Over", budget_seconds=1800)
    for project in (total, monthly):
        make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:36:00Z", project_id=project.id)
        make_session(owner, "2025-01-05T08:00:00Z", "2025-01-05T09:00:00Z", project_id=project.id)
    make_session(owner, "2025-01-05T08:00:00Z", "2025-01-05T10:30:00Z", project_id=over.id)

    page = flat(signed_in.get("/projects/"))

    assert "2:36 of 10:00 in total 26 %" in page
    assert "80.00 EUR of 100.00 EUR this month 80 % used" in page
    assert "2:30 of 0:30 in total 2:00 over" in page
    assert "Budget 2:30 of 0:30 in total 2:00 over" in flat(signed_in.get(f"/projects/{over.id}/"))
    assert "of 10:00" not in flat(signed_in.get("/clients/"))


def test_tags_show_the_hours_of_the_month(signed_in, owner):
    make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", tags=["call", "mail"])
    make_session(owner, "2026-11-20T10:00:00Z", "2026-11-20T10:30:00Z", tags=["call"])
    make_session(owner, "2026-10-20T10:00:00Z", "2026-10-20T10:30:00Z", tags=["call"])

    page = flat(signed_in.get("/tags/"))

    assert "call last used 20 Nov 2026 1:30 this month" in page
    assert "mail last used 20 Nov 2026 1:00 this month" in page


def test_a_new_client_wins_over_the_selected_one_and_one_that_is_there_is_used(signed_in, owner):
    old, other = add(owner, Client, "Old"), add(owner, Client, "Other")
    project = add(owner, Project, "Acme", client_id=old.id)

    assert save(signed_in, project, client_name="OTHER").status_code == 303

    project.refresh_from_db()
    assert project.client_id == other.id
    assert Client.objects.for_user(owner).count() == 2


def test_a_client_that_is_archived_stays_the_client(signed_in, owner):
    client = add(owner, Client, "Old", archived=True)
    project = add(owner, Project, "Acme", client_id=client.id)

    assert save(signed_in, project, name="Acme Web").status_code == 303
    assert save(signed_in, add(owner, Project, "Other"), client_id=str(client.id)).status_code == 422

    project.refresh_from_db()
    assert (project.name, project.client_id) == ("Acme Web", client.id)


def test_saving_without_a_change_says_so(signed_in, acme):
    assert "Nothing changed." in flat(signed_in.post(f"/projects/{acme.id}/", shown(acme), follow=True))


def test_only_a_new_price_is_said_not_to_reach_earlier_sessions(signed_in, owner):
    client = add(owner, Client, "Mira", hourly_rate=Decimal(80))
    stored = "Earlier sessions keep their rate. Apply to earlier sessions…"

    assert stored not in flat(signed_in.post(f"/clients/{client.id}/", {**shown(client), "name": "M"}, follow=True))
    client.refresh_from_db()
    changed = {**shown(client), "hourly_rate": "90"}
    assert stored in flat(signed_in.post(f"/clients/{client.id}/", changed, follow=True))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Give a name."),
        ({"name": "other"}, "There is “Other” already. Choose another name, or use that one."),
        ({"hourly_rate": "1,200"}, "“1,200” can be read in two ways. Give 1200 or 1.20."),
        ({"hourly_rate": "-1"}, "A rate cannot be less than nothing. Give 0 or more."),
        ({"client_name": "x" * 101}, "This has 101 characters, at most 100 are kept. Shorten it."),
        ({"client_id": str(uuid4())}, "This client is not offered any more. Choose another, or none."),
        ({"colour": "9"}, "Select a valid choice. 9 is not one of the available choices."),
        ({"currency": "XXX"}, "“XXX” is not a currency. Give three letters of ISO 4217, such as EUR or USD."),
    ],
)
def test_rejected_changes_keep_what_was_typed_and_change_nothing(signed_in, owner, acme, changes, message):
    add(owner, Project, "Other")

    response = save(signed_in, acme, **{"name": "Changed", "client_name": "New", **changes})

    assert response.status_code == 422
    assert message in flat(response)
    assert 'aria-invalid="true"' in response.text
    for name, value in {"name": "Changed", "client_name": "New", **changes}.items():
        if name in {"name", "client_name", "hourly_rate"} and value:
            assert f'value="{value}"' in response.text
    acme.refresh_from_db()
    assert (acme.name, acme.version) == ("Acme", 1)
    assert not Client.objects.for_user(owner).exists()


def test_a_stale_change_says_what_is_there_now_and_is_saved_by_sending_it_again(signed_in, owner, acme):
    seen = shown(acme)
    services.edit_entry(owner, WEB, Project, acme.id, name="Phone", colour=8, hourly_rate=Decimal(70), archived=True)

    response = signed_in.post(f"/projects/{acme.id}/", {**seen, "name": "Desk"})

    assert response.status_code == 422
    page = flat(response)
    assert "This was changed in the meantime. Save again to put yours." in page
    for now in ("Phone", "Plum", "70", "yes"):
        assert f"Here is “{now}” now." in page
    assert page.count("Here is") == 4
    assert 'value="Desk"' in response.text
    acme.refresh_from_db()
    assert acme.name == "Phone"

    again = {**seen, "name": "Desk", "version": re.search(r'name="version" value="(\d+)"', response.text)[1]}
    assert signed_in.post(f"/projects/{acme.id}/", again).status_code == 303
    acme.refresh_from_db()
    assert (acme.name, acme.hourly_rate) == ("Desk", None)


@each_kind
def test_archiving_is_one_click_and_can_be_taken_back(signed_in, owner, kinds, model):
    entry = add(owner, model, "Acme")
    path = f"/{kinds}/{entry.id}/archive/"

    page = signed_in.post(path, {"archived": "yes", "next": f"/{kinds}/"}, follow=True)
    assert "Archived “Acme”. Reports keep it." in flat(page)
    assert "Acme" in re.search(r"<details>.*</details>", page.text.partition("<main")[2], re.DOTALL)[0]

    page = signed_in.post(path, {"archived": "no", "next": f"/{kinds}/"}, follow=True)
    assert "“Acme” is offered again." in flat(page)
    assert "<details>" not in page.text.partition("<main")[2]


def test_deleting_a_used_project_moves_its_sessions_to_no_project(signed_in, owner, acme):
    for day in (19, 20, 23):
        make_session(owner, f"2026-11-{day}T07:00Z", f"2026-11-{day}T08:00Z", project_id=acme.id)
    sessions = TimeSession.objects.for_user(owner)
    services.delete_session(owner, WEB, sessions.order_by("start")[0].id)

    page = signed_in.post(f"/projects/{acme.id}/delete/", {}, follow=True)

    assert page.redirect_chain == [("/projects/", 303)]
    assert "Deleted “Acme”. Its 2 sessions have “No project” now." in flat(page)
    assert not sessions.filter(project__isnull=False).exists()
    undo(signed_in)
    assert sessions.filter(project=acme).count() == 3
    assert "Acme" in flat(signed_in.get("/projects/"))


def test_deleting_a_client_or_a_tag_takes_it_off(signed_in, owner):
    client, tag = add(owner, Client, "Mira"), add(owner, Tag, "urgent")
    project = add(owner, Project, "Acme", client_id=client.id)
    session = make_session(owner, "2026-11-23T07:00Z", "2026-11-23T08:00Z", tags=["urgent"])

    page = flat(signed_in.post(f"/clients/{client.id}/delete/", follow=True))
    assert "Deleted “Mira”. Its 1 project has no client now." in page
    page = flat(signed_in.post(f"/tags/{tag.id}/delete/", follow=True))
    assert "Deleted “urgent” and took it off 1 session." in page

    project.refresh_from_db()
    assert project.client_id is None
    assert TimeSession.objects.for_user(owner).get(id=session.id).tag_ids == ()


@each_kind
def test_deleting_what_is_on_nothing_says_only_that(signed_in, owner, kinds, model):
    entry = add(owner, model, "Acme")

    page = flat(signed_in.post(f"/{kinds}/{entry.id}/delete/", follow=True))

    assert "Deleted “Acme”. Undo" in page


def test_merging_moves_the_sessions_and_leads_to_the_other_project(signed_in, owner, acme):
    other = add(owner, Project, "Other")
    make_session(owner, "2026-11-23T07:00Z", "2026-11-23T08:00Z", project_id=acme.id)

    page = signed_in.post(f"/projects/{acme.id}/merge/", {"into": str(other.id)}, follow=True)

    assert page.redirect_chain == [(f"/projects/{other.id}/", 303)]
    assert "Merged “Acme” into “Other” with 1 session." in flat(page)
    assert TimeSession.objects.for_user(owner).get().project_id == other.id
    undo(signed_in)
    assert TimeSession.objects.for_user(owner).get().project_id == acme.id


def test_merging_into_nothing_itself_or_a_strangers_project_is_rejected(signed_in, owner, stranger, acme):
    add(owner, Project, "Other")
    for into in ("", "x", str(acme.id), str(add(stranger, Project, "Theirs").id)):
        response = signed_in.post(f"/projects/{acme.id}/merge/", {"into": into})

        assert response.status_code == 422
        assert "Choose another project." in flat(response)


@pytest.mark.parametrize("action", ["", "archive/", "delete/", "merge/", "rates/"])
@each_kind
def test_what_is_not_there_or_a_strangers_is_not_found(signed_in, stranger, kinds, model, action):
    theirs = add(stranger, model, "Secret")

    for browser in (signed_in, Browser()):
        for entry_id in (theirs.id, uuid4()):
            response = browser.post(f"/{kinds}/{entry_id}/{action}", {"since": "2026-01-01", "archived": "yes"})
            assert response.status_code == 404
            assert "Secret" not in response.text
    theirs.refresh_from_db()
    assert theirs.version == 1


@each_kind
def test_names_of_others_are_free_and_unseen(signed_in, stranger, kinds, model):
    add(stranger, model, "Secret")

    assert "Secret" not in signed_in.get(f"/{kinds}/").text
    assert signed_in.post(f"/{kinds}/", {"name": "Secret"}).status_code == 303


def test_deleted_ones_have_no_page(signed_in, owner, acme):
    services.delete_entry(owner, WEB, Project, acme.id)

    assert signed_in.get(f"/projects/{acme.id}/").status_code == 404
    assert "Acme" not in signed_in.get("/projects/").text


def test_forms_of_other_sites_are_rejected(owner, acme):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(owner)

    for path in ("", f"{acme.id}/", f"{acme.id}/archive/", f"{acme.id}/delete/", f"{acme.id}/merge/"):
        assert browser.post(f"/projects/{path}", {"name": "x"}).status_code == 403


@each_kind
def test_a_long_list_is_paged(signed_in, owner, monkeypatch, kinds, model):
    monkeypatch.setattr("sessions_app.views.catalogue.MAX_ROWS", 3)
    for name in "ABCDEFG":
        entry = add(owner, model, name)
    services.edit_entry(owner, WEB, model, entry.id, archived=True)

    pages = [flat(signed_in.get(f"/{kinds}/", {"page": number})) for number in (1, 2, 3)]

    first = raw(signed_in, kinds)[0]
    assert ["Page 1 of 3" in pages[0], 'rel="next"' in first, 'rel="prev"' in first] == [True, True, False]
    found = [
        [name for name in "ABCDEFG" if f"/{kinds}/{entry_id(model, name)}/" in text] for text in raw(signed_in, kinds)
    ]
    assert found == [["A", "B", "C"], ["D", "E", "F"], ["G"]]
    assert "1 archived" in pages[2]


def raw(browser, kinds):
    return [browser.get(f"/{kinds}/", {"page": number}).text for number in (1, 2, 3)]


def entry_id(model, name):
    return model.objects.get(name=name).id


@each_kind
def test_one_too_many(signed_in, owner, monkeypatch, kinds, model):
    add(owner, model, "One")
    monkeypatch.setattr("sessions_app.services.limits.MAX_ENTRIES", 1)

    response = signed_in.post(f"/{kinds}/", {"name": "Two"})

    assert response.status_code == 422
    assert f"You can have 1 {kinds}" in response.text


def test_a_chooser_is_bounded(signed_in, owner, monkeypatch):
    """What is not offered can be typed, and stays where it is selected."""
    add(owner, Project, "Acme")
    hidden = add(owner, Project, "Zebra")
    monkeypatch.setattr("sessions_app.selectors.catalogue.MAX_OFFERED", 1)
    session = make_session(owner, "2026-02-20T08:00", "2026-02-20T09:00", project_id=hidden.id)

    assert ">Zebra</option>" not in signed_in.get("/").text
    assert ">Zebra</option>" in signed_in.get(f"/sessions/{session.id}/edit/").text


@each_kind
def test_a_long_list_is_searched_by_name_and_leads_back(signed_in, owner, kinds, model):
    for number in range(15):
        add(owner, model, f"entry{number:02}")
    assert "search" not in signed_in.get(f"/{kinds}/").text
    add(owner, model, "Müller<b>")
    add(owner, model, "OldMULL", archived=True)
    assert '<form class="search"' in signed_in.get(f"/{kinds}/").text

    response = signed_in.get(f"/{kinds}/?q=%20MULL")

    assert [row.entry.name for row in response.context["rows"]] == ["Müller<b>"]
    assert [row.entry.name for row in response.context["archived"]] == ["OldMULL"]
    assert 'name="q" value="MULL"' in re.sub(r"\s+", " ", response.text)
    assert f'<a href="/{kinds}/">Show all</a>' in response.text
    assert "Nothing here has “<x>” in its name." in flat(signed_in.get(f"/{kinds}/?q=<x>"))


def test_pages_of_a_search_keep_it(signed_in, owner, monkeypatch):
    monkeypatch.setattr("sessions_app.views.catalogue.MAX_ROWS", 2)
    for name in ("Acme 1", "Acme 2", "Acme 3", "Books"):
        add(owner, Project, name)
    page = signed_in.get("/projects/?q=acme")
    assert 'href="?q=acme&amp;page=2"' in page.text
    assert [row.entry.name for row in signed_in.get("/projects/?q=acme&page=2").context["rows"]] == ["Acme 3"]
