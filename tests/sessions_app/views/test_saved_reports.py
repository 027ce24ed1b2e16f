"""Reports under a name: saved where they are shown, listed, opened by default"""

import pytest

from sessions_app import services
from sessions_app.models import Project, SavedReport
from tests.factories import WEB

pytestmark = pytest.mark.django_db

LIST = "/reports/saved/"


def save(client, **fields):
    return client.post(LIST, {"name": "Days", "query": "period=month&group=day", **fields})


def test_a_report_is_saved_where_it_is_shown(signed_in, owner):
    page = signed_in.get("/reports/?period=week&group=client&q=a%26b").text
    assert 'name="query" value="period=week&amp;group=client&amp;q=a%26b"' in page

    response = save(signed_in, query="period=week&group=client&q=a%26b", name="Clients <b>")

    assert (response.status_code, response["Location"]) == (303, "/reports/?period=week&group=client&q=a%26b")
    shown = signed_in.get(response["Location"])
    assert "Saved the report “Clients &lt;b&gt;”." in shown.text
    assert 'aria-current="true">Clients &lt;b&gt;</a>' in shown.text
    signed_in.post("/undo/changeset/", {"changeset": str(owner.changesets.latest("revision").id)})
    assert "No report is saved yet." in signed_in.get(LIST).text


def test_reports_opens_with_the_default_and_any_address_goes_before_it(signed_in, owner):
    save(signed_in, is_default="on")
    assert signed_in.get("/reports/").context["grouped_by"] == ["Day"]
    assert signed_in.get("/reports/?period=month").context["grouped_by"] == ["Project"]
    report = SavedReport.objects.get()
    response = signed_in.post(f"{LIST}{report.id}/", {"name": "Days"})
    assert (response.status_code, response["Location"]) == (303, LIST)
    assert signed_in.get("/reports/").context["grouped_by"] == ["Project"]


def test_a_usual_period_moves_on_with_the_days(signed_in, owner, clock):
    save(signed_in, query="period=month&group=day", is_default="on")
    assert signed_in.get("/reports/").context["period"] == "November 2026"
    clock.move_to("2026-12-02T09:00:00Z", tick=False)
    assert signed_in.get("/reports/").context["period"] == "December 2026"


def test_one_is_renamed_and_deleted(signed_in, owner):
    save(signed_in)
    report = SavedReport.objects.get()
    assert f'href="{LIST}{report.id}/"' in signed_in.get(LIST).text
    assert 'value="Days"' in signed_in.get(f"{LIST}{report.id}/").text
    assert signed_in.post(f"{LIST}{report.id}/", {"name": " "}).status_code == 422
    signed_in.post(f"{LIST}{report.id}/", {"name": "By day", "is_default": "on"})
    report.refresh_from_db()
    assert (report.name, report.is_default, report.query) == ("By day", True, "period=month&group=day")
    assert signed_in.post(f"{LIST}{report.id}/delete/").status_code == 303
    assert "No report is saved yet." in signed_in.get(LIST).text


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(signed_in, owner):
    response = save(signed_in, name="", is_default="on")
    assert response.status_code == 422
    assert "Give a name." in response.text
    assert 'value="period=month&amp;group=day"' in response.text
    assert save(signed_in, query="q=" + "x" * 3_000).status_code == 422
    assert not SavedReport.objects.exists()


def test_a_name_that_another_has_is_an_error_at_its_field(signed_in, owner):
    save(signed_in)
    response = save(signed_in, name="days", query="period=week")
    assert response.status_code == 422
    message = "There is “Days” already. Choose another name, or use that one."
    assert response.context["form"].errors == {"name": [message]}
    other = services.save_report(owner, WEB, name="Weeks")
    response = signed_in.post(f"{LIST}{other.id}/", {"name": "Days"})
    assert response.status_code == 422
    assert "There is “Days” already." in response.text
    assert SavedReport.objects.count() == 2


def test_a_project_that_was_deleted_since_is_an_error_at_its_field(signed_in, owner):
    project = services.create_entry(owner, WEB, Project, name="Logo")
    save(signed_in, query=f"period=month&group=day&project={project.id}")
    services.delete_entry(owner, WEB, Project, project.id)
    assert "There is no such choice." in signed_in.get(f"/reports/?{SavedReport.objects.get().query}").text


def test_a_stranger_who_saves_one_becomes_a_guest(client):
    assert client.get(LIST).status_code == 200
    assert save(client).status_code == 303
    assert SavedReport.objects.get().user.is_guest
