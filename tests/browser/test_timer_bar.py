"""The timer bar with scripts: what a line means before it is sent, suggestions, keys, the start, following along"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.looks import PHONE, WIDTHS, check_look
from tests.browser.timer import field, type_line


def bar(page: Page):
    return page.get_by_role("region", name="Timer")


def notice(page: Page):
    return page.locator("#notices")


def answer(page: Page, name: str) -> None:
    bar(page).get_by_role("button", name=name).click()
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.fixture
def page(new_page) -> Page:
    """Of a user with two projects and three sessions of 2 March, nothing running."""
    page = new_page(timezone_id="UTC")
    page.goto("/")
    type_line(page, 'Navigation @"Website relaunch" 2026-03-02 9-10')
    answer(page, "Create project “Website relaunch”")
    type_line(page, 'Cover drafts @"Book covers" 2026-03-02 10-11')
    answer(page, "Create project “Book covers”")
    type_line(page, "Mail 2026-03-02 11-12")
    expect(field(page)).to_have_value("")
    return page


@pytest.mark.parametrize("ago", ["", " -26h"], ids=["now", "the day before"])
def test_what_runs_is_read_whole_beside_a_long_project(new_page, ago):
    page = new_page(locale="en-US", timezone_id="UTC")
    page.goto("/")
    type_line(page, f"Logo sketches @{'Donau' * 18}{ago}")
    answer(page, "Create project")
    check_bar_is_read_whole(page)
    if ago:
        page.get_by_role("button", name="Still going").click()
        expect(page.locator("#timer-bar")).not_to_have_class(re.compile("is-long"))
        check_bar_is_read_whole(page)


def test_what_runs_is_read_whole_beside_as_many_tags_as_there_may_be(new_page):
    page = new_page(locale="en-US", timezone_id="UTC")
    page.goto("/")
    type_line(page, f"Logo sketches @{'Donau' * 15} {' '.join(f'#tag-{number}' for number in range(20))}")
    bar(page).get_by_role("button", name="Create project").click()
    answer(page, "Create tags")
    check_bar_is_read_whole(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


def test_one_tap_starts_and_stops_on_a_phone_and_undo_stands_free(page, new_page):
    page = new_page(timezone_id="UTC", viewport=PHONE, storage_state=page.context.storage_state(), has_touch=True)
    page.goto("/")
    bar(page).get_by_role("button", name="Start").tap()
    expect(page.get_by_role("timer")).to_be_visible()

    bar(page).get_by_role("button", name="Stop").tap()
    expect(notice(page)).to_contain_text("Stopped")
    undo, top = notice(page).get_by_role("button", name="Undo"), page.locator(".top")
    assert undo.bounding_box()["y"] + undo.bounding_box()["height"] <= top.bounding_box()["y"]

    field(page).tap()
    button = bar(page).get_by_role("button", name="Start")
    before = button.bounding_box()["y"]
    page.keyboard.type("Plan @web #draft")
    expect(page.locator("#timer-reading .chip").first).to_be_visible()
    assert button.bounding_box()["y"] == before
    button.tap()
    expect(page.get_by_role("alert")).to_contain_text("draft")


def test_what_to_pick_up_stands_two_in_a_line_however_long_its_names(new_page):
    page = new_page(timezone_id="UTC")
    page.goto("/")
    for number in range(6):
        type_line(page, f"{number}, a name that is longer than there is room for beside others @acme 0:01-0:02")
        if number == 0:
            answer(page, "Create project")
    for width in (720, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        lines = [chip.bounding_box()["y"] for chip in page.locator("#pick-up li").all()]
        assert (len(lines), len(set(lines))) == (6, 3)


def check_bar_is_read_whole(page: Page) -> None:
    for width in (320, 360, 720, 800, 1000, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        for part in ("#timer-since",) if width == 720 else ("#timer-name", "#timer-since"):
            sizes = page.locator(part).evaluate("part => [part.scrollWidth, part.clientWidth, part.innerText]")
            assert sizes[0] <= sizes[1], (part, width, sizes)
            page.locator(part).click(trial=True)  # fails where something else stands over it
        more = page.get_by_role("button", name="More for the timer")
        more.click(trial=True)
        if width < 720:
            project = page.locator("#timer-project").bounding_box()
            assert project["x"] + project["width"] <= more.bounding_box()["x"], width


class TestReading:
    def test_is_spelled_out_before_enter_and_the_button_says_what_happens(self, page):
        button = page.locator("#timer-submit")
        field(page).fill("Proposal @web yesterday 14-15:30")
        expect(button).to_have_text("Add 1 h 30 min, yesterday")
        chips = page.locator("#timer-reading .chip")
        expect(chips).to_have_count(2)
        expect(chips.first).to_contain_text("Website relaunch")
        expect(chips.last).to_contain_text("14:00–15:30")

        field(page).press("Enter")
        expect(notice(page)).to_contain_text("Added “Proposal”")
        notice(page).get_by_role("link", name=re.compile("Show ")).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".session")).to_contain_text("Proposal")

    def test_is_shown_of_what_was_typed_before_the_scripts_ran(self, page):
        page.add_init_script(
            """document.addEventListener("DOMContentLoaded", () => {
                document.getElementById("id_name").value = "Mail 2026-03-02 13-14";
            });"""
        )
        page.goto("/day/2026-03-02/")
        expect(page.locator("#timer-submit")).to_have_text("Add 1 h, Mon 2 Mar 2026")

    def test_is_turned_back_into_text_by_a_click_on_its_chip(self, page):
        field(page).fill("Draft 45m @Book covers")
        expect(page.locator("#timer-submit")).to_contain_text("Add 45 min")  # and "yesterday" by night
        page.locator("#timer-reading .chip").filter(has_text=re.compile(r"\d:\d\d")).click()
        expect(field(page)).to_have_value("Draft \\45m @Book covers")
        expect(page.locator("#timer-submit")).to_have_text("Start")
        field(page).press("Enter")
        expect(bar(page).locator(".timer-name")).to_have_text("Draft 45m")
        expect(bar(page).locator(".timer-what .project")).to_have_text("Book covers")

    def test_a_chip_behind_letters_of_two_units_is_found(self, page):
        field(page).fill("🎨🎨 Draft 45m")
        page.locator("#timer-reading .chip").click()
        expect(field(page)).to_have_value("🎨🎨 Draft \\45m")

    def test_a_name_from_right_to_left_leaves_the_times_in_their_order(self, page):
        field(page).fill("שלום 2026-03-02 13-14")
        sentence = page.locator("#timer-reading .sentence")
        expect(sentence).to_contain_text("13:00–14:00")
        lefts = sentence.evaluate(
            """(element) => ["13:00", "14:00"].map((time) => {
                const range = document.createRange();
                const at = element.firstChild.data.indexOf(time);
                range.setStart(element.firstChild, at);
                range.setEnd(element.firstChild, at + 5);
                return range.getBoundingClientRect().left;
            })"""
        )
        assert lefts == sorted(lefts)

    def test_a_long_name_from_right_to_left_is_cut_at_its_end(self, page):
        type_line(page, "פגישה עם לקוח " * 9)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            is_first_letter_shown = page.locator("#timer-name").evaluate(
                """(element) => {
                    const range = document.createRange();
                    range.setStart(element.firstChild, element.firstChild.data.search(/\\S/));
                    range.setEnd(element.firstChild, range.startOffset + 1);
                    const [letter, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
                    return element.scrollWidth > element.clientWidth && letter.right <= box.right + 1;
                }"""
            )
            assert is_first_letter_shown, width

    def test_names_without_a_blank_fit(self, page):
        field(page).fill("L" * 200 + " 45m")
        expect(page.locator("#timer-submit")).to_contain_text("Add 45 min")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        field(page).press("Enter")
        expect(notice(page)).to_contain_text("Added")
        page.goto("/")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.set_viewport_size({"width": 1280, "height": 740})
        assert page.locator("#pick-up-1").bounding_box()["width"] <= 320

    def test_offers_an_unknown_project_as_new(self, page):
        field(page).fill("Logo @acme")
        expect(page.locator("#timer-reading .chip.is-new")).to_contain_text("New project “acme”")

    def test_an_at_sign_in_the_middle_is_asked_about(self, page):
        type_line(page, "Poster @Spring fair")
        expect(page.get_by_role("alert")).to_have_text("Is “@Spring” the project?")
        bar(page).get_by_role("button", name="Create project “Spring fair”").click()
        expect(bar(page).locator(".timer-name")).to_have_text("Poster")
        expect(bar(page).locator(".timer-what .project")).to_have_text("Spring fair")


class TestSuggestions:
    def test_are_what_was_tracked_lately_and_enter_starts_one(self, page):
        field(page).click()
        options = page.get_by_role("listbox").get_by_role("option")
        expect(options).to_have_count(3)
        field(page).type("cov")
        expect(options).to_have_count(1)
        field(page).press("ArrowDown")
        expect(field(page)).to_have_attribute("aria-activedescendant", "timer-suggestion-1")
        field(page).press("Enter")
        expect(field(page)).to_have_value('Cover drafts @"Book covers"')
        expect(page.get_by_role("listbox")).to_be_hidden()
        field(page).press("Enter")
        expect(bar(page).locator(".timer-name")).to_have_text("Cover drafts")
        expect(bar(page).locator(".timer-what .project")).to_have_text("Book covers")

    def test_escape_closes_them_and_keeps_the_text(self, page):
        field(page).type("nav")
        expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
        field(page).press("Escape")
        expect(page.get_by_role("listbox")).to_be_hidden()
        expect(field(page)).to_have_value("nav")


class TestKeys:
    def test_start_stop_continue_and_undo(self, page):
        page.keyboard.press("Escape")
        page.locator("h1").click()
        page.keyboard.press("n")
        page.keyboard.type("Logo")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Stop")).to_be_focused()
        page.keyboard.press("s")
        expect(notice(page)).to_contain_text("Stopped after")
        page.keyboard.press("c")
        expect(bar(page).locator(".timer-name")).to_have_text("Logo")
        page.keyboard.press("z")
        expect(notice(page)).to_contain_text("Undone: “Logo”")
        expect(page.get_by_role("button", name="Start")).to_be_visible()

    def test_leave_the_page_and_show_the_sheet(self, page):
        page.locator("h1").click()
        page.keyboard.press("?")
        sheet = page.get_by_role("dialog", name="Keys and input")
        expect(sheet).to_be_visible()
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        page.keyboard.press("w")
        page.wait_for_url("**/week/")

    def test_can_be_turned_off_and_do_nothing_in_a_field(self, page):
        field(page).type("sz")
        expect(field(page)).to_have_value("sz")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.get_by_role("link", name="Keys and input").last.click()
        page.get_by_label("Single keys work").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("w")
        page.wait_for_timeout(300)
        assert page.url.endswith("/")

    def test_the_time_in_the_title_can_be_turned_off(self, page):
        type_line(page, "Logo")
        expect(page).to_have_title("0:00 Logo – Timetracker")
        page.get_by_role("link", name="Keys and input").last.click()
        page.get_by_label("The running time stands in the title").uncheck()
        expect(page).to_have_title("Logo – Timetracker")
        page.goto("/week/")
        expect(page).to_have_title("Logo – Timetracker")

    def test_the_field_is_one_tab_after_the_skip_link(self, page):
        page.goto("/week/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Tab")
        expect(field(page)).to_be_focused()


class TestStart:
    def test_is_moved_in_the_bar_and_undone(self, page):
        type_line(page, "Logo -10")
        before = page.locator("#timer-since").inner_text()
        page.locator("#timer-since").click()
        page.get_by_label("Since").fill("-40")
        page.get_by_label("Since").press("Enter")
        expect(notice(page)).to_contain_text("Start moved from")
        expect(page.get_by_role("timer")).to_have_text(re.compile(r"0:4\d:\d\d"))
        expect(page.locator("#since-form")).to_have_count(0)
        notice(page).get_by_role("button", name="Undo").click()
        expect(page.locator("#timer-since")).to_have_text(before)

    def test_is_spelled_out_before_it_is_saved(self, page):
        type_line(page, "Logo")
        page.locator("#timer-since").click()
        start = page.get_by_label("Since")
        expect(start).to_be_focused()
        page.keyboard.type("-2")
        expect(page.locator("#since-reading")).to_contain_text(re.compile(r"Since \d+:\d\d .*, [23] min until now\."))
        page.keyboard.type("0")
        expect(page.locator("#since-reading")).to_contain_text(re.compile(r"2[01] min until now\."))
        expect(start).to_have_value("-20")
        page.keyboard.press("Backspace")
        page.keyboard.type("x")
        expect(page.locator("#since-reading")).to_contain_text("“-2x” is not a time.")
        expect(start).to_be_focused()
        start.fill("")
        expect(page.locator("#since-reading")).to_be_hidden()

    def test_chips_and_what_is_wrong(self, page):
        type_line(page, "Logo")
        page.locator("#timer-since").click()
        page.get_by_label("Since").fill("9:75")
        page.get_by_label("Since").press("Enter")
        expect(page.locator("#since-form").get_by_role("alert")).to_contain_text("“9:75” is not a time.")
        expect(page.get_by_label("Since")).to_have_value("9:75")
        page.get_by_role("button", name="15 min ago").click()
        expect(page.get_by_role("timer")).to_have_text(re.compile(r"0:1[56]:\d\d"))


class TestEditing:
    """The name and project of what runs, edited in the bar."""

    def name(self, page):
        return bar(page).get_by_label("Name", exact=True)

    def test_the_name_is_typed_and_the_focus_comes_back_to_it(self, page):
        type_line(page, "Logo")
        expect(page.get_by_role("button", name="Stop")).to_be_focused()
        page.keyboard.press("e")
        expect(self.name(page)).to_be_focused()
        page.keyboard.type("Logo sketches")
        page.keyboard.press("Enter")
        expect(page.locator("#timer-name")).to_have_text("Logo sketches")
        expect(page.locator("#timer-name")).to_be_focused()
        expect(page.locator(".session.is-running")).to_contain_text("Logo sketches")
        expect(page).to_have_title(re.compile("^0:00 Logo sketches"))
        notice(page).get_by_role("button", name="Undo").click()
        expect(page.locator("#timer-name")).to_have_text("Logo")

    @pytest.mark.parametrize("leave", ["Escape", "Cancel"])
    def test_is_left_without_a_change(self, page, leave):
        type_line(page, "Logo")
        page.locator("#timer-name").click()
        self.name(page).fill("Something else")
        if leave == "Escape":
            page.keyboard.press("Escape")
        else:
            bar(page).get_by_role("link", name="Cancel").click()
        expect(self.name(page)).to_have_count(0)
        expect(page.locator("#timer-name")).to_be_focused()
        expect(page.locator("#timer-name")).to_have_text("Logo")

    def test_a_project_is_selected_and_made(self, page):
        type_line(page, "Logo")
        page.locator("#timer-project").click()
        expect(bar(page).locator("#timer-editor").get_by_label("Project", exact=True)).to_be_focused()
        bar(page).locator("#timer-editor").get_by_label("Project", exact=True).select_option("Book covers")
        bar(page).get_by_role("button", name="Save").click()
        expect(page.locator("#timer-project")).to_have_text("Book covers")
        expect(page.locator("#timer-project")).to_be_focused()
        page.keyboard.press("Enter")
        bar(page).get_by_label("New project").fill("Brand guide")
        bar(page).get_by_label("New project").press("Enter")
        expect(page.locator("#timer-project")).to_have_text("Brand guide")

    def test_what_is_too_long_keeps_the_field_and_says_why(self, page):
        type_line(page, "Logo")
        page.locator("#timer-name").click()
        self.name(page).evaluate("field => field.removeAttribute('maxlength')")
        self.name(page).fill("L" * 201)
        page.keyboard.press("Enter")
        expect(bar(page).get_by_role("alert")).to_contain_text("200")
        expect(self.name(page)).to_be_focused()
        self.name(page).fill("Logo again")
        page.keyboard.press("Enter")
        expect(page.locator("#timer-name")).to_have_text("Logo again")

    def change_elsewhere(self, page, new_page) -> None:
        phone = new_page(timezone_id="UTC", storage_state=page.context.storage_state(), java_script_enabled=False)
        phone.goto("/")
        phone.locator("#timer-name").click()
        phone.get_by_label("Name", exact=True).fill("Mail")
        phone.get_by_role("button", name="Save").click()
        expect(phone.locator("#timer-name")).to_have_text("Mail")

    def test_a_change_on_another_device_leaves_the_field_and_is_offered(self, page, new_page):
        type_line(page, "Logo")
        page.locator("#timer-name").click()
        self.name(page).fill("Half typed")
        self.change_elsewhere(page, new_page)
        changed = bar(page).locator(".timer-changed")
        expect(changed).to_contain_text("Changed on another device to “Mail”.")
        expect(self.name(page)).to_have_value("Half typed")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        changed.get_by_role("button", name="Use that").click()
        expect(self.name(page)).to_have_count(0)
        expect(page.locator("#timer-name")).to_be_focused()
        expect(page.locator("#timer-name")).to_have_text("Mail")

    def test_who_saves_nevertheless_sees_both_values_first(self, page, new_page):
        type_line(page, "Logo")
        page.locator("#timer-name").click()
        self.name(page).fill("From the desk")
        self.change_elsewhere(page, new_page)
        self.name(page).press("Enter")
        expect(bar(page).locator(".both")).to_contain_text("Mail")
        bar(page).get_by_role("button", name="Save mine").click()
        expect(page.locator("#timer-name")).to_have_text("From the desk")

    def test_what_runs_is_discarded_and_brought_back(self, page):
        type_line(page, "Logo")
        page.get_by_role("button", name="More for the timer").click()
        bar(page).get_by_role("button", name="Discard").click()
        expect(notice(page)).to_contain_text("Discarded “Logo”.")
        expect(page.get_by_role("button", name="Start")).to_be_visible()
        notice(page).get_by_role("button", name="Undo").click()
        expect(page.locator("#timer-name")).to_have_text("Logo")


class TestFollowing:
    def test_another_tab_follows_within_a_second_and_keeps_what_is_typed(self, page):
        other = page.context.new_page()
        other.goto("/week/")
        field(other).fill("Half typed")
        type_line(page, "Logo")
        expect(other.locator("#timer-bar .timer-name")).to_have_text("Logo", timeout=1000)
        expect(other.get_by_label("Switch to")).to_have_value("Half typed")
        expect(other).to_have_title(re.compile("^0:00 Logo"))
        assert "running" in other.locator("link[rel=icon]").get_attribute("href")
        assert other.url.endswith("/week/")

    def test_another_device_follows_within_five_seconds(self, new_page, page):
        phone = new_page(timezone_id="UTC", viewport=PHONE, storage_state=page.context.storage_state())
        phone.goto("/")
        type_line(page, "Logo")
        expect(phone.locator("#timer-bar .timer-name")).to_have_text("Logo", timeout=6000)
        expect(phone.locator(".session.is-running")).to_have_count(1)

    @pytest.mark.parametrize("edits", ["a value", "a selection", "a menu"])
    def test_what_was_not_shown_while_editing_is_shown_afterwards(self, page, edits):
        page.goto("/day/2026-03-02/")
        other = page.context.new_page()
        other.goto("/day/2026-03-02/")
        if edits == "a value":
            other.locator("a[id^=name-]").first.click()
            expect(other.get_by_label("Name", exact=True)).to_be_focused()
            other.keyboard.type("Half typed")
        elif edits == "a selection":
            other.locator(".pick").first.check()
        else:
            other.locator("[id^=more-]").first.click()
        type_line(page, "Walk 2026-03-02 13-14")
        expect(page.locator(".session")).to_have_count(4)
        other.wait_for_timeout(1500)
        expect(other.locator(".session")).to_have_count(3)
        if edits == "a selection":
            other.locator(".pick").first.uncheck()
        else:
            other.keyboard.press("Escape")
        expect(other.locator(".session")).to_have_count(4)

    def test_at_midnight_the_new_day_is_shown(self, page):
        today = page.locator("h1 .wide").inner_text()
        page.evaluate(
            """() => {
                document.querySelector("h1").textContent = "The day before";
                bar.element().dataset.dayEnds = new Date(clock.now() + 1500).toISOString();
            }"""
        )
        expect(page.locator("h1")).to_have_text("The day before")
        expect(page.locator("h1 .wide")).to_have_text(today, timeout=4000)
        assert page.evaluate("Date.parse(bar.element().dataset.dayEnds) > clock.now()")
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_timeout(3000)
        assert len(asked) <= 1

    def hold(self, page, url: str) -> list:
        """Holds the next request to `url` back, in the list, till its `continue_()`."""
        held: list = []
        page.route(url, lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright marks what it calls
        return held

    def wait_for(self, page, held: list) -> None:
        for _ in range(100):
            if held:
                return
            page.wait_for_timeout(100)
        pytest.fail("Nothing was asked within 10 seconds.")

    def test_an_older_answer_is_dropped(self, page):
        type_line(page, "Logo")
        question = self.hold(page, "**/timer/state/**")
        self.wait_for(page, question)
        bar(page).get_by_role("button", name="Stop").click()
        expect(bar(page).get_by_role("button", name="Start")).to_be_visible()
        with page.expect_response("**/timer/state/**"):
            question[0].continue_()
        page.wait_for_timeout(200)  # the page would log an error
        expect(notice(page)).to_contain_text("Stopped")

        phone = page.context.new_page()
        phone.goto("/")
        type_line(phone, "Mail")
        expect(page.locator("#timer-name")).to_have_text("Mail")  # it goes on asking

    @pytest.fixture
    def stop(self, page):
        """A press of Stop that waits for its answer while the bar was answered another."""
        type_line(page, "Logo")
        stop = self.hold(page, "**/timer/stop/")
        bar(page).get_by_role("button", name="Stop").click()
        self.wait_for(page, stop)
        type_line(page, "Walk 2026-03-02 13-14")
        expect(page.locator("#timer-name")).to_have_text("Logo")
        return stop[0]

    def test_what_is_typed_after_enter_is_not_lost(self, page):
        start = self.hold(page, "**/timer/start/")
        field(page).fill("Logo")
        field(page).press("Enter")
        self.wait_for(page, start)
        page.keyboard.type(" and more")
        start[0].continue_()
        expect(page.locator("#timer-name")).to_have_text("Logo")
        expect(field(page)).to_be_focused()
        page.keyboard.type("!")
        expect(field(page)).to_have_value("Logo and more!")

    def test_a_stop_answered_late_is_shown_at_once(self, page, stop):
        stop.continue_()
        expect(bar(page).get_by_role("button", name="Start")).to_be_visible(timeout=2000)

    def test_a_stop_that_fails_late_is_saved(self, page, stop):
        stop.abort()
        expect(page.locator("#timer-trouble")).to_contain_text("Not saved yet: stop at")


def test_every_state_fits_and_the_axe_rules_find_nothing(new_page):
    page = new_page(viewport=PHONE, timezone_id="UTC")

    def check(state: str) -> None:
        page.wait_for_timeout(200)
        check_look(page, state)

    page.goto("/")
    check("idle, first run")
    type_line(page, "Call with Mira about the second round of the brochure @acme #talk 2026-03-02 9-10:25")
    check("asked")
    bar(page).get_by_role("button", name="Create project “acme”").click()
    bar(page).get_by_role("button", name="Create tag “talk”").click()
    expect(notice(page)).to_contain_text("Added")
    type_line(page, "A running session with a rather long name, as people write them -20")
    check("running")
    page.locator("#timer-since").click()
    expect(page.get_by_label("Since")).to_be_visible()
    check("editing the start")
    page.keyboard.press("Escape")
    page.locator("#timer-name").click()
    expect(bar(page).get_by_label("Name", exact=True)).to_be_visible()
    check("editing the name")
    page.keyboard.press("Escape")
    page.locator("#timer-project").click()
    expect(page.locator("#timer-editor").get_by_label("Project", exact=True)).to_be_visible()
    check("editing the project, from a phone too")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More for the timer").click()
    check("the menu of what runs")
    page.keyboard.press("Escape")
    field(page).fill("Proposal @acme yesterday 14-15:30")
    expect(page.locator("#timer-reading .chip").first).to_be_visible()
    check("reading")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.goto("/keys/")
    check("keys")
