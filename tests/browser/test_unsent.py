"""Presses that the server did not get: kept with their times over reloads, sent when it is back, never twice"""

import re
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.timer import field, type_line


def bar(page: Page):
    return page.get_by_role("region", name="Timer")


def notice(page: Page):
    return page.locator("#notices")


def trouble(page: Page):
    return page.locator("#timer-trouble")


def row(page: Page, name: str):
    return page.locator(".session").filter(has_text=name)


def dialog(page: Page):
    return page.locator("dialog[open]")


def kept_instants(page: Page) -> list[datetime]:
    """The times of the presses that are kept."""
    return [
        datetime.fromtimestamp(at / 1000, UTC)
        for at in page.evaluate("JSON.parse(localStorage.unsent).map((each) => each.at)")
    ]


def clock(instant: datetime) -> str:
    """A time as a row has it."""
    return instant.strftime("%-H:%M")


def make_older(page: Page, minutes: int) -> None:
    """Makes the presses that are kept as many minutes older."""
    page.evaluate(
        """(minutes) => {
            const waiting = JSON.parse(localStorage.unsent);
            for (const each of waiting) each.at -= minutes * 60_000;
            localStorage.unsent = JSON.stringify(waiting);
        }""",
        minutes,
    )


@pytest.fixture
def page(new_page) -> Page:
    """Of a guest with one session, on Today."""
    page = new_page(timezone_id="UTC")
    page.goto("/")
    type_line(page, "Mail 30m")
    expect(notice(page)).to_contain_text("Added “Mail”")
    page.goto("/")
    return page


def test_a_stop_is_kept_over_a_reload_and_sent_with_its_time(page, server):
    type_line(page, "Logo -10")
    server.kill()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#timer-trouble")).to_contain_text("Not saved yet: stop at")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    stopped_at = page.evaluate("JSON.parse(localStorage.unsent)[0].at")
    page.goto("about:blank")  # on this page it would be sent without asking
    server.start()
    page.goto("/")
    expect(page.locator("#timer-trouble")).to_contain_text("Not saved yet: stop at")
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Try again").click()
    expect(notice(page)).to_contain_text(re.compile("Stopped after 1[01] min"))
    expect(page.locator("#timer-trouble")).to_be_hidden()
    assert page.evaluate("localStorage.unsent") is None
    shown = row(page, "Logo").locator("[id^='end-']").inner_text()
    assert shown == datetime.fromtimestamp(stopped_at / 1000, UTC).strftime("%-H:%M")


def test_a_start_is_sent_when_the_server_is_back_and_made_once(page, server):
    server.kill()
    field(page).fill("Logo")
    field(page).press("Enter")
    expect(page.locator("#timer-trouble")).to_contain_text("Not saved yet: start at")
    server.start()
    expect(bar(page).locator(".timer-name")).to_have_text("Logo", timeout=8000)
    expect(page.locator("#timer-trouble")).to_be_hidden()
    page.goto("/")
    expect(row(page, "Logo")).to_have_count(1)


def test_who_was_signed_out_elsewhere_is_told_and_no_guest_is_made(page):
    page.context.clear_cookies(name="sessionid")
    field(page).fill("Logo")
    field(page).press("Enter")
    expect(page.get_by_role("dialog", name="You were signed out")).to_be_visible()
    expect(field(page)).to_have_value("Logo")


def test_stop_and_start_are_both_sent_in_their_order(page, server):
    type_line(page, "Logo -60")
    server.kill()
    page.get_by_role("button", name="Stop").click()
    expect(trouble(page)).to_contain_text("stop at")
    field(page).fill("Letter")
    field(page).press("Enter")
    expect(trouble(page)).to_contain_text(re.compile(r"stop at .* start at"))
    make_older(page, 20)
    stopped, started = kept_instants(page)
    server.start()
    expect(page.locator("#timer-name")).to_have_text("Letter", timeout=8000)
    expect(trouble(page)).to_be_hidden()
    expect(page.locator("#timer-since")).to_contain_text(clock(started))
    expect(row(page, "Letter")).to_have_count(1)
    page.goto(f"/day/{stopped.date()}/")  # by night that is yesterday
    expect(row(page, "Logo")).to_have_count(1)
    expect(row(page, "Logo")).to_contain_text(clock(stopped))


def test_two_lines_are_two_sessions_and_one_sent_twice_is_one(page, server):
    server.kill()
    for line in ("Logo", "Logo", "Letter"):
        field(page).fill(line)
        field(page).press("Enter")
        expect(page.locator("#timer-submit")).to_be_enabled()
        page.wait_for_timeout(200)
    make_older(page, 1)
    server.start()
    expect(page.locator("#timer-name")).to_have_text("Letter", timeout=8000)
    expect(row(page, "Logo")).to_have_count(1)
    expect(page.locator(".session")).to_have_count(3)


@pytest.mark.parametrize("way", ["chip", "row", "key"])
def test_continue_is_kept_and_begins_when_it_was_clicked(page, server, way):
    server.kill()
    for _twice in range(2):
        if way == "chip":
            page.locator("#pick-up-1").click()
        elif way == "row":
            page.get_by_role("button", name="Continue Mail").click()
        else:
            page.locator("h1").click()
            page.keyboard.press("c")
        expect(trouble(page)).to_contain_text("Not saved yet: start at")
    make_older(page, 20)
    [started] = kept_instants(page)
    server.start()
    expect(page.locator("#timer-name")).to_have_text("Mail", timeout=8000)
    expect(page.locator("#timer-since")).to_contain_text(clock(started))
    expect(page.locator(".session")).to_have_count(2)


def test_counts_from_the_click_and_not_from_when_nothing_had_come(page):
    type_line(page, "Logo -10")
    page.route("**/timer/stop/", lambda _route: None)  # as a network that swallows it
    page.evaluate("htmx.config.timeout = 3000")  # else 10 seconds
    clicked = page.evaluate("clock.now()")
    page.get_by_role("button", name="Stop").click()
    expect(trouble(page)).to_contain_text("stop at")
    assert abs(page.evaluate("JSON.parse(localStorage.unsent)[0].at") - clicked) < 1500
    page.unroute_all(behavior="ignoreErrors")


def test_a_question_does_not_move_the_start(page, server):
    server.kill()
    field(page).fill("Logo @acme")
    field(page).press("Enter")
    expect(trouble(page)).to_contain_text("start at")
    make_older(page, 20)
    [started] = kept_instants(page)
    server.start()
    bar(page).get_by_role("button", name="Create project “acme”").click(timeout=8000)
    expect(page.locator("#timer-name")).to_have_text("Logo")
    expect(page.locator("#timer-since")).to_contain_text(clock(started))


def test_another_line_typed_instead_begins_now(page, server):
    server.kill()
    field(page).fill("Logo @acme")
    field(page).press("Enter")
    expect(trouble(page)).to_contain_text("start at")
    make_older(page, 20)
    server.start()
    expect(page.get_by_role("alert")).to_contain_text("There is no project “acme” yet.", timeout=8000)
    type_line(page, "Letter")
    expect(page.get_by_role("timer")).to_have_text(re.compile("0:00:"))


def test_what_is_not_possible_any_more_is_said_and_let_go(page, server, new_page):
    type_line(page, "Logo -10")
    server.kill()
    page.get_by_role("button", name="Stop").click()
    expect(trouble(page)).to_contain_text("stop at")
    make_older(page, 20)
    server.start()
    expect(dialog(page)).to_contain_text("The end is before the start.", timeout=8000)
    expect(trouble(page)).to_be_hidden()
    assert page.evaluate("localStorage.unsent") is None
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_continue_of_what_was_deleted_is_said_and_let_go(page, server, new_page):
    server.kill()
    page.locator("#pick-up-1").click()
    expect(trouble(page)).to_contain_text("start at")
    page.goto("about:blank")
    server.start()
    phone = new_page(storage_state=page.context.storage_state(), java_script_enabled=False)
    phone.goto("/")
    phone.get_by_role("checkbox", name="Select Mail").check()
    phone.locator("#selection").get_by_role("button", name="Delete").click()
    page.goto("/")
    page.get_by_role("button", name="Try again").click()
    expect(dialog(page)).to_contain_text("not there any more")
    expect(trouble(page)).to_be_hidden()


def test_who_was_signed_out_is_asked_once_and_it_stays(page, server):
    type_line(page, "Logo -10")
    server.kill()
    page.get_by_role("button", name="Stop").click()
    expect(trouble(page)).to_contain_text("stop at")
    cookie = next(each for each in page.context.cookies() if each["name"] == "sessionid")
    page.context.clear_cookies(name="sessionid")
    server.start()
    expect(dialog(page)).to_contain_text("You were signed out", timeout=8000)
    dialog(page).get_by_role("button", name="Close").click()
    page.wait_for_timeout(5000)  # a question of whether anything changed later
    expect(dialog(page)).to_have_count(0)
    expect(trouble(page)).to_contain_text("stop at")
    page.get_by_role("button", name="Try again").click()
    page.context.add_cookies([cookie])
    dialog(page).get_by_role("button", name="Save it now").click()
    expect(notice(page)).to_contain_text("Stopped after")
    expect(trouble(page)).to_be_hidden()


def test_another_user_is_asked_and_may_save_it(page, server):
    server.kill()
    field(page).fill("Logo")
    field(page).press("Enter")
    expect(trouble(page)).to_contain_text("start at")
    page.goto("about:blank")
    server.start()
    page.context.clear_cookies()
    page.goto("/")
    type_line(page, "Walk 45m")
    page.get_by_role("button", name="Try again").click()
    expect(dialog(page)).to_contain_text("The page was of another user")
    # Enter pressed twice is no answer.
    expect(dialog(page).get_by_role("button", name="Close")).to_be_focused()
    expect(trouble(page)).to_contain_text("start at")
    dialog(page).get_by_role("button", name="Save it here").click()
    expect(page.locator("#timer-name")).to_have_text("Logo")
    expect(trouble(page)).to_be_hidden()


@pytest.mark.parametrize("status", [403, 429])
def test_an_answer_that_gives_no_reason_is_told(page, status):
    type_line(page, "Logo -10")
    page.route("**/timer/stop/", lambda route: route.fulfill(status=status, body="No"))
    page.get_by_role("button", name="Stop").click()
    expect(dialog(page)).to_contain_text("This was not saved")
    page.unroute_all()
    dialog(page).get_by_role("button", name="Try again").click()
    expect(notice(page)).to_contain_text("Stopped after")
