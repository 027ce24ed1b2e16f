"""What whoever has a share link sees: what was chosen, to the byte, and no cookie"""

import base64
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser

from sessions_app import services
from sessions_app.models import Client, Project, Share, TimeSession
from sessions_app.reports.sharing import Shown, read_shared
from tests.conftest import ApiClient
from tests.factories import WEB, make_session, make_token, start_session
from tests.ownership import with_everything
from tests.pages import NOW, shown_once
from timetracker.errors import NotFoundError
from users_app.models import AttemptCount, make_secret
from users_app.services.accounts import end_access

pytestmark = pytest.mark.django_db

MONTH = "period=month&group=project"


@pytest.fixture
def work(owner):
    """Two projects of two clients, with rates, notes and names; the second is nobody's business."""
    owner.display_name = "Mira"
    owner.hourly_rate, owner.currency = Decimal(80), "EUR"
    owner.save()
    projects = []
    for number, name in enumerate(("Shown", "Hidden")):
        client = services.create_entry(owner, WEB, Client, name=f"{name} client")
        project = services.create_entry(owner, WEB, Project, name=f"{name} project", client_id=client.id)
        texts = {"project_id": project.id, "tags": [f"{name}-tag"], "billable": True, "note": f"{name} note"}
        make_session(owner, f"2026-11-1{number}T08:10:00Z", f"2026-11-1{number}T09:30:10Z", f"{name} work", **texts)
        make_session(owner, f"2026-11-1{number}T23:30:00Z", f"2026-11-1{number + 1}T01:00:20Z", f"{name} late", **texts)
        projects.append(project)
    return projects


def share(user, page="report", query=MONTH, **fields):
    """The address of a new link."""
    if fields.get("is_frozen"):
        shown = Shown(*(fields.get(f"shows_{each}", each == "hours") for each in ("hours", "amounts", "notes")))
        fields["content"] = read_shared(user, page, query, shown, now=NOW)
    return f"/shared/{services.share(user, WEB, page=page, query=query, **fields)[1]}/"


def read(address, **headers):
    return Browser().get(address, headers=headers)


def cells(response):
    """The rows of the table by their names."""
    rows = re.findall(r"<tr class.*?</tr>", response.text, re.DOTALL)
    found = {}
    for row in rows:
        name, *rest = (
            " ".join(unescape(re.sub(r"<[^>]*>", " ", each)).split())
            for each in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        )
        found[name] = rest
    return found


def basic(password, user="x"):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


class TestNothingElse:
    def test_no_byte_tells_what_was_not_shared(self, owner, work):
        shown, hidden = work
        holdings = with_everything("owner2")
        address = share(owner, query=f"period=month&group=name&project={shown.id}", name="private label")
        for page, query in (("report", None), ("timesheet", f"period=month&project={shown.id}")):
            response = read(address if query is None else share(owner, page, query, name="private label"))
            assert response.status_code == 200
            assert "Shown work" in response.text
            untold = [
                "Hidden",
                "note",
                "tag",
                "EUR",
                "80",
                "private label",
                str(owner.id),
                str(shown.id),
                str(hidden.id),
            ]
            untold += [str(each.id) for each in TimeSession.objects.for_user(owner)] + [*holdings.untold]
            body = response.content.decode() + str(response.headers)
            assert [each for each in untold if each in re.sub(r"nonce-[^']*|\w{32,}", "", body)] == []

    def test_who_has_everything_shows_only_the_lines(self, clock):
        holdings = with_everything("owner")
        query = f"from=2026-11-20&to=2026-11-20&group=project&project={holdings.ids['project_id']}"
        text = read(share(holdings.user, query=query)).text
        names = set(re.findall(r"Zugeknöpft \w+ ?\w*", text))
        assert names == {"Zugeknöpft owner", "Zugeknöpft client owner", "Zugeknöpft project owner"}

    @pytest.mark.parametrize("page", ["report", "timesheet"])
    def test_without_hours_nothing_tells_them(self, owner, work, page):
        query = f"period=month&group=day&project={work[0].id}"
        text = read(share(owner, page, query, shows_hours=False, shows_amounts=True)).text
        assert "EUR" in text
        for told in ("1:20", "1:30", "2:50", "9:10", "10:30", "0:30", "Hours", "Rounding", "Tracked"):
            assert told not in text.partition("As of")[0], told

    @pytest.mark.parametrize(("shows_notes", "count"), [(True, 2), (False, 0)])
    def test_notes_are_there_if_asked_for(self, owner, work, shows_notes, count):
        query = f"period=month&project={work[0].id}"
        text = read(share(owner, "timesheet", query, shows_notes=shows_notes)).text
        assert text.count("Shown note") == count

    def test_no_cookie_is_set_or_read_and_nobody_keeps_or_finds_it(self, owner, work):
        address = share(owner)
        signed_in = Browser()
        signed_in.force_login(owner)
        before = dict(signed_in.cookies)
        for browser in (Browser(), signed_in):
            response = browser.get(address)
            assert not response.cookies
            assert "Cookie" not in response.get("Vary", "")
            assert response["X-Robots-Tag"] == "noindex, nofollow"
            assert response["Referrer-Policy"] == "no-referrer"
            assert "no-store" in response["Cache-Control"]
            assert '<meta name="robots" content="noindex, nofollow">' in response.text
            assert "csrfmiddlewaretoken" not in response.text
            assert "<script" not in response.text
        assert dict(signed_in.cookies) == before

    def test_a_link_whose_project_is_gone_shows_nothing_instead_of_everything(self, owner, work):
        address = share(owner, query=f"{MONTH}&project={work[0].id}")
        services.delete_entry(owner, WEB, Project, work[0].id)
        assert read(address).status_code == 404

    def test_names_are_text(self, owner):
        payload = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
        project = services.create_entry(owner, WEB, Project, name=payload[:60])
        texts = {"note": payload, "project_id": project.id}
        make_session(owner, "2026-11-10T08:00:00Z", "2026-11-10T09:00:00Z", payload, **texts)
        for page in ("report", "timesheet"):
            query = f"period=month&group=name&then=project&project={project.id}&billable=all"
            response = read(share(owner, page, query, shows_notes=True))
            assert "onerror=alert(1)&gt;" in response.text
            assert "<script>alert" not in response.text
            assert "<img" not in response.text


ROUNDINGS = [
    ("", {}),
    ("&rounding=15&direction=up&per=day", {"roundMinutes": 15, "roundDirection": "up", "roundPer": "day"}),
    ("&rounding=6&direction=nearest&per=session", {"roundMinutes": 6, "roundPer": "session"}),
]


class TestNumbers:
    @pytest.mark.parametrize(("rounding", "asked"), ROUNDINGS)
    def test_they_are_those_of_report_csv_and_api(self, owner, work, signed_in, rounding, asked):
        query = f"period=month&group=project{rounding}"
        found = cells(read(share(owner, query=query, shows_amounts=True)))
        report = signed_in.get(f"/reports/?{query}").context
        expected = {row.name: row for row in (*report["rows"], report["total_row"])}
        csv = signed_in.get(f"/reports/download.csv?{query}")
        lines = b"".join(csv.streaming_content).decode().splitlines() if csv.streaming else csv.text.splitlines()
        asked = urlencode({"duration": "month", "groupBy": "project", **asked})
        summary = ApiClient(make_token(owner))("GET", f"/v1/users/me/reports/summary?{asked}").data
        assert set(found) == {"Shown project", "Hidden project", "Total"}
        for name, (hours, amount) in found.items():
            row = expected["" if name == "Total" else name]
            clock = f"{(row.figures.rounded_seconds + 30) // 3600}:{(row.figures.rounded_seconds + 30) // 60 % 60:02}"
            assert (hours, amount) == (clock, row.amounts[0].replace("\xa0", " "))
            if name != "Total":
                (line,) = [each for each in lines if each.startswith(f"{name},")]
                assert line.split(",")[3] == str(row.figures.rounded_seconds)
                assert amount.removesuffix(" EUR") == line.split(",")[-1]
        assert summary["roundedSeconds"] == expected[""].figures.rounded_seconds
        assert found["Total"][1] == f"{summary['amounts'][0]['amount']} EUR"

    def test_a_timesheet_is_that_of_the_page(self, owner, work, signed_in):
        query = f"period=month&project={work[0].id}"
        sheet = signed_in.get(f"/timesheet/?{query}").context["sheet"]
        text = unescape(read(share(owner, "timesheet", query, shows_amounts=True)).text)
        for day in sheet["days"]:
            assert all(each in text for each in (day["date"], day["seconds_text"], day["amount"]))
            assert all(row["duration"] in text for row in day["rows"])
        assert all(total["value"] in text for total in sheet["totals"])
        assert "Mira" in text

    def test_formats_and_zone_are_the_owners(self, owner, work):
        owner.duration_format, owner.clock, owner.timezone = "decimal", "12", "America/New_York"
        owner.save()
        response = read(share(owner), **{"Accept-Language": "de"})
        assert cells(response)["Total"] == ["5.68"]
        assert re.search(r"As of .* 4:30 am", response.text)


class TestLiveAndFrozen:
    def test_a_live_one_follows_and_a_frozen_one_stays(self, owner, work):
        live, frozen = share(owner), share(owner, is_frozen=True)
        before = cells(read(live))
        assert cells(read(frozen)) == before
        make_session(owner, "2026-11-20T08:00:00Z", "2026-11-20T10:00:00Z", project_id=work[0].id)
        services.edit_entry(owner, WEB, Project, work[0].id, name="Renamed")
        assert cells(read(live))["Renamed"] == ["4:51"]
        assert cells(read(frozen)) == before
        assert "Renamed" not in read(frozen).text

    def test_what_runs_is_shown_by_a_live_link_whose_owner_chose_it(self, owner, clock):
        start_session(owner, "2026-11-23T08:30:00Z", "Still secret")
        query = "period=today&group=name"
        without, running = share(owner, query=query), share(owner, query=query, shows_running=True)
        frozen = share(owner, query=query, is_frozen=True)
        for address in (without, frozen):
            assert "Still secret" not in read(address).text
            assert cells(read(address))["Total"] == ["0:00"]
        assert cells(read(running))["Still secret"] == ["1:00"]
        clock.shift(timedelta(minutes=30))
        assert cells(read(running))["Total"] == ["1:30"]

    def test_a_usual_period_moves_on(self, owner, work, clock):
        address = share(owner)
        clock.move_to("2026-12-02T09:00:00Z", tick=False)
        assert "December 2026" in read(address).text


class TestWhoOpensIt:
    def test_openings_are_counted_and_nothing_else_changes(self, owner, work):
        address = share(owner)
        owner.refresh_from_db()
        revision = owner.revision
        Browser().head(address)
        assert Share.objects.get().access_count == 0
        read(address)
        read(address)
        found = Share.objects.get()
        assert (found.access_count, found.last_used_at, found.version) == (2, NOW, 1)
        owner.refresh_from_db()
        assert owner.revision == revision

    def test_a_revoked_one_opens_nothing_until_that_is_undone(self, owner, work):
        address = share(owner)
        found = services.revoke_share(owner, WEB, Share.objects.get().id)
        assert read(address).status_code == 404
        services.undo_changeset(owner, WEB, found.changeset_id)
        assert read(address).status_code == 200

    def test_nothing_opens_after_a_reset_whatever_is_undone(self, owner, work):
        left, revoked = share(owner), share(owner)
        found = services.revoke_share(owner, WEB, Share.objects.latest("id").id)
        end_access(owner)
        services.undo_changeset(owner, WEB, found.changeset_id)
        assert [read(left).status_code, read(revoked).status_code] == [404, 404]

    def test_one_is_over_at_its_instant(self, owner, work, clock):
        address = share(owner, expires_at=NOW + timedelta(hours=1))
        clock.shift(3_599)
        assert read(address).status_code == 200
        clock.shift(1)
        assert read(address).status_code == 404

    def test_nothing_opens_by_another_secret_or_of_a_user_who_is_gone(self, owner, work):
        address = share(owner)
        others = [make_secret("tts_"), "tts_x", "x", make_secret("tt_"), address.split("/")[2] + "0"]
        assert {read(f"/shared/{each}/").status_code for each in others} == {404}
        answer = read(f"/shared/{others[0]}/")
        assert "This link opens nothing." in answer.text
        assert "timer" not in answer.text.lower().replace("timetracker", "")
        assert "no-store" in answer["Cache-Control"]
        owner.is_active = False
        owner.save()
        assert read(address).status_code == 404

    def test_the_secret_is_stored_hashed_and_is_in_no_history(self, owner, work):
        secret = share(owner, password="correct horse").split("/")[2]
        found = Share.objects.get()
        stored = str(vars(found)) + str(list(owner.changes.values_list("before", "after")))
        assert secret not in stored
        assert "correct horse" not in stored
        assert found.secret_hash not in str(list(owner.changes.values_list("before", "after")))
        assert "argon2" not in str(list(owner.changes.values_list("before", "after")))

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_it_is_read_only(self, owner, work, method):
        address = share(owner)
        assert getattr(Browser(enforce_csrf_checks=True), method)(address).status_code == 405


class TestPassword:
    def test_it_is_asked_for_by_http_basic(self, owner, work):
        address = share(owner, password="correct horse")
        response = read(address)
        assert (response.status_code, response["WWW-Authenticate"]) == (
            401,
            'Basic realm="Shared report", charset="UTF-8"',
        )
        assert "Shown" not in response.text
        assert not response.cookies
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        for wrong in ({"Authorization": "Bearer x"}, {"Authorization": "Basic !"}, basic("wrong"), basic("")):
            assert read(address, **wrong).status_code == 401
        assert Share.objects.get().access_count == 0
        assert read(address, **basic("correct horse", user="anyone")).status_code == 200
        assert Share.objects.get().access_count == 1

    def test_tries_are_limited_before_they_are_hashed(self, owner, work, monkeypatch, settings):
        settings.RATE_LIMITS_ARE_ON = True
        address = share(owner, password="correct horse")
        monkeypatch.setattr("sessions_app.services.shares.MAX_TRIES", 3)
        assert {read(address, **basic("wrong")).status_code for _ in range(3)} == {401}
        hashed = []
        monkeypatch.setattr("sessions_app.services.shares.check_password", lambda *given: hashed.append(given))
        response = read(address, **basic("correct horse"))
        assert (response.status_code, hashed) == (429, [])
        assert 0 < int(response["Retry-After"]) <= 3_600
        assert not response.cookies
        assert AttemptCount.objects.count() == 2
        assert read(share(owner)).status_code == 200

    def test_all_addresses_together_are_limited_too(self, owner, work, monkeypatch, settings):
        settings.RATE_LIMITS_ARE_ON = True
        monkeypatch.setattr("sessions_app.services.shares.MAX_TRIES_OF_LINK", 3)
        address = share(owner, password="correct horse")
        tries = [
            Browser(REMOTE_ADDR=f"203.0.113.{n}").get(address, headers=basic("wrong")).status_code for n in range(4)
        ]
        assert tries == [401, 401, 401, 429]


class TestPages:
    def test_a_link_is_made_where_the_report_is_shown_and_told_once(self, owner, work, signed_in, settings):
        page = signed_in.get(f"/reports/?{MONTH}")
        href = unescape(re.search(r'href="(/shares/\?page=report&amp;query=[^"]*)"', page.text)[1])
        form = signed_in.get(href)
        assert f'name="query" value="{MONTH.replace("&", "&amp;")}"' in form.text
        data = {"page": "report", "query": MONTH, "shows_hours": "on", "expires_at": "2026-11-24", "name": "For <Acme>"}

        made = signed_in.post("/shares/", data)

        assert (made.status_code, made["Cache-Control"]) == (200, "private, no-cache, no-store")
        address = shown_once(made, "share_address").removeprefix(settings.BASE_URL)
        assert cells(read(address)).keys() == {"Shown project", "Hidden project", "Total"}
        listed = signed_in.get("/shares/").text
        assert "For &lt;Acme&gt;" in listed
        assert "opened 1 time" in listed
        assert address not in listed
        assert Share.objects.get().expires_at.isoformat() == "2026-11-24T23:00:00+00:00"

    def test_a_frozen_one_keeps_what_was_there(self, owner, work, signed_in):
        data = {
            "page": "report",
            "query": MONTH,
            "shows_amounts": "on",
            "is_frozen": "yes",
            "password": "correct horse",
        }
        made = signed_in.post("/shares/", data)
        found = Share.objects.get()
        assert made.status_code == 200
        assert {row["name"] for row in found.content["rows"]} == {"Shown project", "Hidden project", "Total"}
        assert found.content["columns"] == ["", "Amount"]

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({}, "Choose hours, amounts, or both."),
            ({"shows_hours": "on", "is_frozen": "yes", "shows_running": "on"}, "Choose one of the two."),
            ({"shows_hours": "on", "expires_at": "2026-11-22"}, "This is over already."),
            ({"shows_hours": "on", "expires_at": "x"}, "This is no date."),
            ({"shows_hours": "on", "password": "short"}, "Give a password of 8 to 200 characters, or none."),
            ({"shows_hours": "on", "query": "project=x"}, "There is no such choice."),
            ({"shows_hours": "on", "page": "x"}, "Share a “report” or a “timesheet”."),
            ({"shows_hours": "on", "page": "timesheet"}, "A timesheet is for a client or a project."),
        ],
    )
    def test_what_is_wrong_is_said(self, owner, work, signed_in, data, message):
        response = signed_in.post("/shares/", {"page": "report", "query": "", **data})
        assert response.status_code == 422
        assert message in unescape(response.text)
        assert not Share.objects.exists()

    def test_it_is_revoked_and_that_can_be_undone(self, owner, work, signed_in):
        address = share(owner)
        found = Share.objects.get()
        assert signed_in.post(f"/shares/{found.id}/revoke/").status_code == 303
        page = signed_in.get("/shares/").text
        assert "It opens nothing any more." in page
        assert "There is no link." in page
        assert read(address).status_code == 404
        with pytest.raises(NotFoundError):
            services.revoke_share(owner, WEB, found.id)
