"""What is edited or waits for a decision stays, in whichever order answers come. The tests decide the orders."""

import re
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_rows import DAY, add, row, value
from tests.browser.timer import field, type_line

STATE = "**/timer/state/**"


@pytest.fixture
def page(new_page) -> Page:
    """Of two finished sessions. It follows nothing till `follow`."""
    page = new_page()
    add(page, f"Call {DAY} 9-10", f"Mail {DAY} 10:30-11")
    gates[page] = Gate(page)
    return page


@pytest.fixture
def phone(page, new_page) -> Page:
    """Another device of the user, without scripts: it tells no tab."""
    phone = new_page(storage_state=page.context.storage_state(), java_script_enabled=False)
    phone.goto(f"/day/{DAY}/")
    return phone


class Gate:
    """Answers whether anything changed with no, till it is open."""

    def __init__(self, page: Page) -> None:
        self.is_open = False
        page.route(STATE, self.answer)

    def answer(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            route.fulfill(status=204)


gates: WeakKeyDictionary[Page, Gate] = WeakKeyDictionary()


def follow_once(page: Page) -> None:
    """Lets the page follow what changed elsewhere, till the answer is shown."""
    bar = page.locator("#timer-bar")
    before = bar.get_attribute("data-revision")
    gates[page].is_open = True
    page.evaluate("htmx.trigger(bar.element(), 'timer:poll')")
    expect(bar).not_to_have_attribute("data-revision", before)
    gates[page].is_open = False


def follow(page: Page) -> None:
    follow_once(page)
    wait_until_done(page)


def wait_until_done(page: Page) -> None:
    """Waits until all has been answered, and what follows an answer has happened."""
    expect(page.locator(".htmx-settling, .htmx-request")).to_have_count(0)


def hold(page: Page, url: str) -> list[Route]:
    """Holds the next request to `url` back, in the list, till its `continue_()`."""
    held: list[Route] = []
    page.route(url, lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright marks what it calls
    return held


def wait_for(page: Page, held: list[Route]) -> Route:
    for _ in range(300):
        if held:
            return held[0]
        page.wait_for_timeout(100)
    pytest.fail("Nothing was asked within 30 seconds.")


def open_value(page: Page, name: str, of: str, label: str):
    value(page, name, of).click()
    opened = page.locator(".cell-form").get_by_label(label, exact=True)
    expect(opened).to_be_focused()
    return opened


def rename(phone: Page, name: str, new: str) -> None:
    value(phone, name, "name").click()
    phone.get_by_label("Name", exact=True).fill(new)
    phone.get_by_role("button", name="Save").click()
    expect(row(phone, new)).to_be_visible()


def start_elsewhere(phone: Page, name: str) -> None:
    field(phone).fill(name)
    field(phone).press("Enter")
    expect(phone.locator("#timer-name")).to_have_text(name)
    phone.goto(f"/day/{DAY}/")


@pytest.fixture
def question(page, phone):
    """A name typed in a row that was changed elsewhere: the form asks which is to stay."""
    typed = open_value(page, "Call", "name", "Name")
    rename(phone, "Call", "From the phone")
    typed.fill("From the desk")
    typed.press("Enter")
    question = page.locator(".cell-form").filter(has=page.locator(".both"))
    expect(question).to_contain_text("From the phone")
    expect(question.get_by_label("Name", exact=True)).to_be_focused()
    wait_until_done(page)
    return question


def check_waits(page: Page, question) -> None:
    expect(question).to_have_count(1)
    expect(question.get_by_label("Name", exact=True)).to_have_value("From the desk")
    question.get_by_role("button", name="Save mine").click()
    expect(value(page, "From the desk", "name")).to_be_visible()
    expect(page.locator(".cell-form")).to_have_count(0)


class TestQuestion:
    """A row's form that asks which value is to stay."""

    @pytest.mark.parametrize("focus", ["in the form", "nowhere"])
    def test_stays_when_something_comes_from_elsewhere(self, page, phone, question, focus):
        if focus == "nowhere":
            page.evaluate("document.activeElement.blur()")
        start_elsewhere(phone, "Meanwhile")
        follow(page)
        if focus == "in the form":
            expect(question.get_by_label("Name", exact=True)).to_be_focused()
        check_waits(page, question)

    def test_stays_and_decides_nothing_when_it_is_left(self, page, question):
        field(page).click()
        expect(field(page)).to_be_focused()
        expect(row(page, "From the phone")).to_have_count(1)
        check_waits(page, question)

    def test_is_not_decided_by_leaving_it_after_typing_more(self, page, phone, question):
        sent = []
        page.on("request", lambda request: sent.append(request.method) if "/edit/" in request.url else None)
        question.get_by_label("Name", exact=True).fill("From the desk, again")
        field(page).click()
        expect(field(page)).to_be_focused()
        start_elsewhere(phone, "Meanwhile")
        follow(page)
        expect(question.get_by_label("Name", exact=True)).to_have_value("From the desk, again")
        assert sent == []

    def test_stays_when_another_row_is_continued(self, page, question):
        row(page, "Mail").get_by_role("button", name="Continue").click()
        expect(page.locator("#timer-name")).to_have_text("Mail")
        check_waits(page, question)

    def test_stays_when_its_row_is_gone_and_another_row_is_continued(self, page, phone, question):
        row(phone, "From the phone").locator("[id^=more-]").click()
        phone.locator("summary").filter(has_text="More").last.click()
        phone.get_by_role("button", name="Delete").click()
        expect(row(phone, "From the phone")).to_have_count(0)
        row(page, "Mail").get_by_role("button", name="Continue").click()
        expect(page.locator("#timer-name")).to_have_text("Mail")
        expect(question.get_by_label("Name", exact=True)).to_have_value("From the desk")
        question.get_by_label("Name", exact=True).press("Escape")
        gates[page].is_open = True
        expect(row(page, "From the phone")).to_have_count(0)  # asked for again, as nothing is edited

    def test_opens_no_other_value_later(self, page, phone):
        typed = open_value(page, "Call", "name", "Name")
        rename(phone, "Call", "From the phone")
        typed.fill("From the desk")
        value(page, "Mail", "duration").click()
        expect(page.locator(".both")).to_be_visible()
        wait_until_done(page)
        for _ in range(page.locator(".cell-form").count() - 1):
            page.get_by_label("Duration").press("Escape")
        start_elsewhere(phone, "Meanwhile")
        follow(page)
        expect(page.get_by_label("Duration")).to_have_count(0)
        check_waits(page, page.locator(".cell-form"))

    def test_comes_though_another_answer_replaced_the_bar_before(self, page, phone):
        typed = open_value(page, "Call", "name", "Name")
        rename(phone, "Call", "From the phone")
        typed.fill("From the desk")
        save = hold(page, "**/edit/name/")
        typed.press("Enter")
        route = wait_for(page, save)
        type_line(page, "Meanwhile")
        expect(page.locator("#timer-name")).to_have_text("Meanwhile")
        route.continue_()
        expect(page.locator(".both")).to_contain_text("From the phone")
        check_waits(page, page.locator(".cell-form"))


class TestValue:
    """A value that is edited in its row."""

    def test_is_saved_and_left_though_another_answer_replaced_the_bar_before(self, page):
        typed = open_value(page, "Call", "name", "Name")
        typed.fill("From the desk")
        save = hold(page, "**/edit/name/")
        typed.press("Enter")
        route = wait_for(page, save)
        type_line(page, "Meanwhile")
        expect(page.locator("#timer-name")).to_have_text("Meanwhile")
        gates[page].is_open = True
        route.continue_()
        expect(value(page, "From the desk", "name")).to_be_visible()
        expect(page.locator(".cell-form")).to_have_count(0)

    def test_that_was_rejected_stays_when_it_is_left(self, page):
        typed = open_value(page, "Call", "end", "End")
        typed.fill("9:75")
        typed.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("“9:75” is not a time.")
        wait_until_done(page)
        field(page).click()
        expect(field(page)).to_be_focused()
        expect(page.locator(".cell-form").get_by_label("End", exact=True)).to_have_value("9:75")

    @pytest.mark.parametrize("by", ["undo", "the line"])
    def test_that_was_rejected_stays_while_other_rows_change_by_what_the_user_does(self, page, by):
        page.get_by_role("button", name="More for Mail").click()
        page.locator(".session").get_by_role("button", name="Delete").click()
        expect(row(page, "Mail")).to_have_count(0)
        typed = open_value(page, "Call", "end", "End")
        typed.fill("9:75")
        typed.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("“9:75” is not a time.")
        wait_until_done(page)
        if by == "undo":
            page.locator("#notices").get_by_role("button", name="Undo").click()
        else:
            type_line(page, f"Mail {DAY} 12-13")
        expect(row(page, "Mail")).to_be_visible()
        expect(page.locator(".cell-form").get_by_label("End", exact=True)).to_have_value("9:75")

    @pytest.mark.parametrize(("name", "of"), [("Mail", "tags"), ("Call", "tags"), ("Call", "name")])
    def test_is_typed_on_while_the_one_before_is_saved(self, page, name, of):
        first = open_value(page, "Call", "end", "End")
        first.fill("9:45")
        save = hold(page, "**/edit/end/")
        value(page, name, of).click()
        label = {"tags": "Tags", "name": "Name"}[of]
        second = page.locator(".cell-form").get_by_label(label, exact=True)
        expect(second).to_be_focused()
        page.keyboard.type("dra")
        version = page.locator(".cell-form").filter(has=page.get_by_label(label, exact=True)).locator("[name=version]")
        before = version.input_value()
        wait_for(page, save).continue_()
        expect(row(page, "Call")).to_contain_text(re.compile(r"9:00\s*–\s*9:45"))
        expect(second).to_be_focused()
        wait_until_done(page)
        page.keyboard.type("ft")
        expect(second).to_have_value("draft")
        if name == "Call":
            expect(version).not_to_have_value(before)
        second.press("Enter")
        expect(page.locator(".cell-form")).to_have_count(0)
        expect(row(page, name if of == "tags" else "draft")).to_contain_text("#draft" if of == "tags" else "9:45")

    def test_opens_though_the_page_follows_meanwhile(self, page, phone):
        form = hold(page, "**/edit/name/**")
        value(page, "Call", "name").click()
        route = wait_for(page, form)
        start_elsewhere(phone, "Meanwhile")
        follow_once(page)
        route.continue_()
        expect(page.locator(".cell-form").get_by_label("Name", exact=True)).to_be_focused()

    @pytest.mark.parametrize("by", ["Enter", "leaving"])
    def test_takes_no_focus_from_the_line_when_it_is_rejected(self, page, by):
        typed = open_value(page, "Call", "end", "End")
        typed.fill("9:75")
        save = hold(page, "**/edit/end/")
        if by == "Enter":
            typed.press("Enter")
        field(page).click()
        page.keyboard.type("Pla")
        wait_for(page, save).continue_()
        expect(page.get_by_role("alert")).to_contain_text("“9:75” is not a time.")
        wait_until_done(page)
        page.keyboard.type("n")
        expect(field(page)).to_have_value("Plan")
        expect(page.locator(".cell-form").get_by_label("End", exact=True)).to_have_value("9:75")

    @pytest.mark.parametrize("outcome", ["saved", "asked about"])
    def test_is_typed_on_after_enter(self, page, phone, outcome):
        typed = open_value(page, "Call", "name", "Name")
        if outcome == "asked about":
            rename(phone, "Call", "From the phone")
        typed.fill("From the desk")
        save = hold(page, "**/edit/name/")
        typed.press("Enter")
        page.keyboard.type(", a")
        wait_for(page, save).continue_()
        if outcome == "saved":
            expect(value(page, "From the desk", "name")).to_have_text("From the desk")
        else:
            expect(page.locator(".both")).to_contain_text("From the phone")
        wait_until_done(page)
        page.keyboard.type("t 10")
        expect(typed).to_have_value("From the desk, at 10")
        expect(typed).to_be_focused()


class TestContent:
    def test_a_selected_option_stays_when_something_comes_from_elsewhere(self, page, phone):
        type_line(page, f"Plan @Relaunch {DAY} 12-13")
        page.get_by_role("button", name="Create project").click()
        expect(page.get_by_role("status")).to_contain_text("Added “Plan”")
        page.goto(f"/day/{DAY}/")
        page.goto(row(page, "Call").locator(".whole").get_attribute("href"))
        project = page.locator("#edit-form").get_by_label("Project", exact=True)
        project.select_option("Relaunch")
        page.evaluate("document.activeElement.blur()")
        start_elsewhere(phone, "Meanwhile")
        follow(page)
        assert project.evaluate("select => select.selectedOptions[0].text") == "Relaunch"

    @pytest.mark.parametrize("answer", ["rejected", "asked about"])
    def test_a_page_that_answers_a_form_stays_when_something_comes_from_elsewhere(self, page, phone, answer):
        page.goto(row(page, "Call").locator(".whole").get_attribute("href"))
        form = page.locator("#edit-form")
        form.get_by_label("Name", exact=True).fill("From the desk")
        if answer == "rejected":
            form.get_by_label("End", exact=True).fill("9:75")
        else:
            rename(phone, "Call", "From the phone")
        form.get_by_role("button", name="Save").click()
        expect(page.locator("#content")).to_contain_text(
            "“9:75” is not a time." if answer == "rejected" else "Save mine"
        )
        page.evaluate("document.activeElement.blur()")
        start_elsewhere(phone, "Meanwhile")
        follow(page)
        if answer == "rejected":
            expect(form.get_by_label("Name", exact=True)).to_have_value("From the desk")
            expect(form.get_by_label("End", exact=True)).to_have_value("9:75")
            form.get_by_label("End", exact=True).fill("9:45")
            form.get_by_role("button", name="Save").click()
        else:
            page.get_by_role("button", name="Save mine").click()
        expect(row(page, "From the desk")).to_be_visible()

    def test_what_was_rejected_beside_a_row_stays_when_the_row_is_answered(self, page):
        type_line(page, "Logo -30h")
        page.goto("/")
        page.get_by_text("Other time…").click()
        stop = page.locator("form.sheet [name$=end]")
        stop.fill("9:75")
        stop.press("Enter")
        expect(page.locator("#content").get_by_role("alert")).to_contain_text("“9:75” is not a time.")
        page.get_by_role("button", name="More for Logo").click()
        page.locator(".session").get_by_role("button", name="Billable", exact=True).click()
        expect(page.locator("#notices .notice")).to_have_count(1)
        wait_until_done(page)
        expect(stop).to_have_value("9:75")
        expect(stop).to_be_visible()

    def test_what_is_typed_into_the_grid_stays_when_something_comes_from_elsewhere(self, page, phone):
        page.goto(f"/week/{DAY}/grid/")
        cell = page.locator(".is-grid td > input:not([type=hidden])").first
        cell.fill("1:30")
        page.evaluate("document.activeElement.blur()")
        start_elsewhere(phone, "Meanwhile")
        follow(page)
        expect(cell).to_have_value("1:30")

    def test_a_name_in_the_catalogue_stays_rejected_and_while_the_page_follows(self, page, phone):
        type_line(page, f"Plan #draft {DAY} 12-13")
        page.get_by_role("button", name="Create tag").click()
        expect(page.get_by_role("status")).to_contain_text("Added “Plan”")
        page.goto("/tags/")
        page.get_by_role("button", name="More for draft").click()
        page.get_by_role("link", name="Rename").click()
        name = page.locator(".cell-form").get_by_label("Name", exact=True)
        expect(name).to_be_focused()
        name.fill("two words")
        name.press("Enter")
        expect(page.locator(".cell-form [role=alert]")).to_have_count(1)
        wait_until_done(page)
        start_elsewhere(phone, "Meanwhile")
        follow(page)
        expect(name).to_be_focused()
        field(page).click()
        expect(field(page)).to_be_focused()
        expect(name).to_have_value("two words")

    def test_a_button_held_down_works_though_the_page_follows_meanwhile(self, page, phone):
        type_line(page, "Logo")
        page.locator(".stop button").hover()
        page.mouse.down()
        rename(phone, "Mail", "From the phone")
        gates[page].is_open = True
        with page.expect_response(lambda response: f"/day/{DAY}/" in response.url):
            page.evaluate("htmx.trigger(bar.element(), 'timer:poll')")
        wait_until_done(page)
        page.mouse.up()
        expect(page.locator("#notices")).to_contain_text("Stopped")
        expect(row(page, "From the phone")).to_have_count(1)

    def test_what_moves_in_the_calendar_holds_back_what_is_shown_afterwards(self, page, phone):
        page.goto(f"/week/{DAY}/?view=calendar")
        call = page.locator(".block:not(.is-ghost)").filter(has_text="Call")
        page.evaluate(  # what keys moved is not saved by itself
            """() => {
                const set = window.setTimeout;
                window.setTimeout = (run, wait) => (wait === 1500 ? 0 : set(run, wait));
            }"""
        )
        call.get_by_role("link").press("ArrowDown")
        expect(page.locator(".is-ghost")).to_have_count(1)
        rename(phone, "Mail", "From the phone")
        follow(page)
        expect(page.locator(".is-ghost")).to_have_count(1)
        call.get_by_role("link").press("Escape")
        gates[page].is_open = True
        expect(page.locator(".block").filter(has_text="From the phone")).to_have_count(1)


class TestBar:
    """What is typed in the timer bar."""

    def open_editor(self, page: Page, what: str):
        type_line(page, "Logo")
        page.locator(f"#timer-{what}").click()
        editor = page.locator("#timer-editor input:not([type=hidden])")
        expect(editor).to_be_focused()
        wait_until_done(page)
        return editor

    @pytest.mark.parametrize("what", ["name", "since"])
    def test_is_typed_on_while_the_page_follows(self, page, phone, what):
        editor = self.open_editor(page, what)
        page.keyboard.type("90")
        rename(phone, "Mail", "From the phone")
        follow(page)
        page.keyboard.type("1")
        expect(editor).to_have_value("901")
        expect(editor).to_be_focused()

    @pytest.mark.parametrize("what", ["name", "since"])
    def test_stays_when_a_row_is_answered(self, page, what):
        self.open_editor(page, what).press("Escape")
        delete = hold(page, "**/delete/")
        page.get_by_role("button", name="More for Mail").click()
        page.get_by_role("button", name="Delete").click()
        route = wait_for(page, delete)
        page.locator(f"#timer-{what}").click()
        editor = page.locator("#timer-editor input:not([type=hidden])")
        expect(editor).to_be_focused()
        page.keyboard.type("90")
        route.continue_()
        expect(row(page, "Mail")).to_have_count(0)
        wait_until_done(page)
        page.keyboard.type("1")
        expect(editor).to_have_value("901")

    def test_the_project_of_a_line_stays(self, page, phone):
        type_line(page, f"Plan @Relaunch {DAY} 12-13")
        page.get_by_role("button", name="Create project").click()
        expect(page.get_by_role("status")).to_contain_text("Added “Plan”")
        page.goto(f"/day/{DAY}/")
        field(page).fill("Logo")
        project = page.locator("#timer-start").get_by_label("Project", exact=True)
        project.select_option("Relaunch")
        rename(phone, "Mail", "From the phone")
        follow(page)
        expect(field(page)).to_have_value("Logo")
        assert project.evaluate("select => select.selectedOptions[0].text") == "Relaunch"

    def test_a_question_about_the_line_stays(self, page, phone):
        field(page).fill(f"Plan @Relaunch {DAY} 12-13")
        field(page).press("Enter")
        create = page.get_by_role("button", name="Create project")
        expect(create).to_be_visible()
        wait_until_done(page)
        rename(phone, "Mail", "From the phone")
        follow(page)
        create.click()
        expect(page.get_by_role("status")).to_contain_text("Added “Plan”")

    def test_the_focus_and_the_caret_stay_in_the_line(self, page, phone):
        type_line(page, "Logo")
        field(page).fill("Call Mira")
        for _ in range(4):
            page.keyboard.press("ArrowLeft")
        rename(phone, "Mail", "From the phone")
        page.evaluate(
            """document.addEventListener("htmx:afterSwap", ({ detail }) => {
                if (detail.elt.id !== "timer-bar") return;
                setTimeout(() => (window.focused = document.activeElement.id));  // before htmx settles
            })"""
        )
        follow(page)
        assert page.evaluate("window.focused") == "id_name"
        page.keyboard.type("with ")
        expect(field(page)).to_have_value("Call with Mira")
