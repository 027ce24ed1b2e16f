"""A guest keeps three sessions and finds them in a second browser: by e-mail and password, and by a passkey

The work of two guests is merged. Axe looks at each page in both themes; scripts are off where that is possible.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.looks import check_look
from tests.server import Server

NAMES = ["Linocut", "Mail", "Call"]
PASSWORD = "correct horse battery"
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One that is called localhost: passkeys belong to a name, not to a number."""
    with Server() as started:
        started.url = started.url.replace("127.0.0.1", "localhost")
        yield started


def track(page, name):
    page.goto("/")
    page.get_by_label("What are you doing?").first.fill(name)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Stop").click()


def expect_sessions(page, *names):
    page.goto("/")
    for name in names:
        expect(page.get_by_role("main")).to_contain_text(name)


def keep(page, email):
    page.goto("/")
    page.get_by_role("link", name="Keep these sessions").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Keep with e-mail and password").click()
    expect(page.get_by_role("status").first).to_contain_text("Kept.")


def sign_in(page, email, password=PASSWORD):
    page.goto("/signin/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def expect_whole(field):
    expect(field).to_be_visible()
    shown = field.evaluate("each => [each.clientWidth - each.scrollWidth, each.clientHeight - each.scrollHeight]")
    assert min(shown) >= 0, shown


def check_page(page):
    expect(page.locator("main h1")).to_be_visible()  # it has come
    check_look(page)


def give_authenticator(page):
    """A finger on the reader of this browser. Returns what tells it from others."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def sync(source, target):
    """Brings the passkeys of one device to another, as the account of a device's maker does."""
    session, authenticator = source
    for credential in session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]:
        other, id_there = target
        other.send("WebAuthn.addCredential", {"authenticatorId": id_there, "credential": credential})


@SCRIPTS
def test_everything_is_there_by_e_mail_and_password(new_page, scripts):
    first, second = new_page(java_script_enabled=scripts), new_page(java_script_enabled=scripts)
    email = f"mira{scripts}@example.org"
    for name in NAMES:
        track(first, name)
    keep(first, email)

    sign_in(second, email, "wrong horse battery")
    expect(second.get_by_role("alert")).to_have_text("That e-mail and password don't match.")
    sign_in(second, email)
    expect_sessions(second, *NAMES)
    expect_sessions(first, *NAMES)


def test_everything_is_there_by_a_passkey(new_page):
    first, second = new_page(), new_page()
    for name in NAMES:
        track(first, name)
    device = give_authenticator(first)
    first.get_by_role("link", name="Keep these sessions").click()
    first.get_by_role("link", name="Add a passkey").click()
    check_page(first)
    first.get_by_role("form", name="Add a passkey").get_by_label("Name").fill("Laptop")
    first.get_by_role("button", name="Add a passkey").click()
    expect(first.get_by_role("heading", level=1)).not_to_have_text("Add a passkey")
    first.goto("/settings/passkeys/")
    expect(first.get_by_role("main")).to_contain_text("Laptop")
    check_page(first)

    sync(device, give_authenticator(second))
    second.goto("/signin/")
    second.get_by_role("button", name="Use a passkey").click()
    expect(second).to_have_url(re.compile(r"//localhost:\d+/$"))
    expect_sessions(second, *NAMES)

    # And it answers when it matters.
    second.goto("/settings/passkeys/add/")
    check_page(second)
    second.get_by_role("button", name="Use a passkey").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Add a passkey")


def test_a_passkey_that_is_not_there_is_told(new_page):
    page = new_page()
    session, authenticator = give_authenticator(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.goto("/signin/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not work with a passkey.")


def test_a_typed_password_is_shown_by_a_button_until_it_is_sent(new_page):
    page = new_page()
    page.goto("/signin/")
    field, button = page.get_by_label("Password"), page.get_by_role("button", name="Show Password")
    field.fill("correct horse")
    button.click()
    expect(field).to_have_attribute("type", "text")
    expect(field).to_be_focused()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(field).to_have_attribute("type", "password")
    without = new_page(java_script_enabled=False)
    without.goto("/signin/")
    expect(without.get_by_role("button", name="Show Password")).to_have_count(0)


def test_a_recovery_code_is_copied_by_a_button(new_page):
    page = new_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    track(page, "Linocut")
    page.goto("/")  # says that it was stopped
    page.goto("/keep/")
    page.get_by_role("button", name="Make a recovery code").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("New recovery code").input_value()
    expect(page.get_by_role("button", name="Print")).to_be_visible()


def test_what_is_shown_once_is_whole_on_the_smallest_phone_and_a_code_to_scan_is_on_white(new_page):
    page = new_page(viewport={"width": 320, "height": 740}, color_scheme="dark")
    track(page, "Linocut")
    page.goto("/keep/")
    page.get_by_role("button", name="Make a recovery code").click()
    expect_whole(page.get_by_label("New recovery code"))
    page.goto("/settings/calendar/")
    page.get_by_role("form", name="Make").get_by_role("button").click()
    expect_whole(page.get_by_label("New address"))
    page.goto("/keep/")
    page.get_by_label("E-mail").fill("whole@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Keep with e-mail and password").click()
    page.goto("/settings/second-factor/app/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect_whole(page.get_by_label("Secret"))
    scanned = page.get_by_role("img", name="The secret below")
    expect(scanned).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(scanned).to_have_css("padding", "12px")


def test_a_long_address_breaks_on_the_smallest_phone(new_page, server):
    page, other = new_page(), new_page()
    email = f"{'longest' * 9}@{'sub' * 20}.example.org"
    track(page, "Linocut")
    keep(page, email)
    link = server.manage("signin_link", email).strip().replace("127.0.0.1", "localhost")
    page.goto("/settings/email/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("main")).to_contain_text(email)
    check_fits(page)
    for path in ("/settings/", "/signout/", "/settings/password/"):
        page.goto(path)
        check_fits(page)
    track(other, "Mail")
    other.goto(link)
    check_fits(other)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("main")).to_contain_text(f"{email} has 1.")
    check_fits(other)


def check_fits(page):
    for width in (320, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@SCRIPTS
def test_two_guests_work_is_merged_and_given_back(new_page, scripts):
    first, second = new_page(java_script_enabled=scripts), new_page(java_script_enabled=scripts)
    email = f"merge{scripts}@example.org"
    track(first, "Linocut")
    keep(first, email)
    track(second, "Mail")
    sign_in(second, email)
    expect(second.get_by_role("main")).to_contain_text("This browser had 1 session before you signed in.")
    if scripts:
        check_page(second)
    second.get_by_role("button", name="Bring them along").click()
    expect(second.get_by_role("status").first).to_contain_text("Brought 1 session along.")
    expect_sessions(second, "Linocut", "Mail")
    expect_sessions(first, "Linocut", "Mail")

    second.goto("/undo/")
    second.get_by_role("button", name="Give back").click()
    code = second.get_by_label("New recovery code").input_value()
    third = new_page(java_script_enabled=scripts)
    third.goto("/signin/")
    third.get_by_label("Recovery code", exact=True).and_(third.get_by_role("textbox")).fill(code)
    third.get_by_role("button", name="Use the code").click()
    expect_sessions(third, "Mail")


@SCRIPTS
def test_an_operators_link_signs_in(new_page, server, scripts):
    page, other = new_page(java_script_enabled=scripts), new_page(java_script_enabled=scripts)
    email = f"link{scripts}@example.org"
    track(page, "Linocut")
    keep(page, email)
    link = server.manage("signin_link", email).strip().replace("127.0.0.1", "localhost")
    other.goto(link)
    other.get_by_role("button", name="Sign in").click()
    expect_sessions(other, "Linocut")
    other.goto(link)
    expect(other.get_by_role("heading", level=1)).to_have_text("This link opens nothing")


@SCRIPTS
def test_everything_is_deleted(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    track(page, "Linocut")
    keep(page, f"delete{scripts}@example.org")
    page.goto("/settings/data/")
    page.get_by_role("link", name="Delete everything…").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("status").first).to_contain_text("Deleted.")
    expect(page.get_by_role("main")).not_to_contain_text("Linocut")


def test_pages_fit_and_the_axe_rules_find_nothing(new_page):
    page = new_page()
    for path in (
        "/keep/",
        "/signin/",
        "/signin/password/",
        "/signin/link/x/",
        "/signin/closed/",
        "/signin/password/sent/",
    ):
        page.goto(path)
        check_page(page)
    track(page, "Linocut")
    page.goto("/settings/delete/")
    check_page(page)
    keep(page, "linocut@example.org")
    sign_in(page, "linocut@example.org", "wrong")
    check_page(page)
    for path in (
        "/settings/password/",
        "/settings/second-factor/",
        "/settings/passkeys/",
        "/settings/passkeys/add/",
        "/settings/delete/",
        "/settings/",
    ):
        page.goto(path)
        check_page(page)
    page.goto("/settings/second-factor/app/")
    check_page(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("Secret")).to_be_visible()
    for path in ("/settings/second-factor/app/", "/settings/email/"):
        page.goto(path)
        check_page(page)


@SCRIPTS
def test_what_is_typed_while_another_tab_signs_in_is_not_lost(new_page, scripts):
    owner, tab = new_page(), new_page(java_script_enabled=scripts)
    email = f"tabs{scripts}@example.org"
    track(owner, "Mail")
    keep(owner, email)
    track(tab, "Linocut")
    expect(tab.get_by_role("button", name="Start")).to_be_visible()
    tab.goto("/")
    tab.locator(".session .cell > a").filter(has_text="Linocut").first.click()
    field = tab.locator(".cell-form").get_by_label("Name")
    field.fill("Linocut, two colours")

    other = tab.context.new_page()
    sign_in(other, email)
    other.get_by_role("link", name="Decide later").click()
    field.press("Enter")
    if scripts:
        told = tab.get_by_role("dialog", name="This was not saved")
        expect(told).to_be_visible()
        expect(field).to_have_value("Linocut, two colours")
        check_look(tab)  # axe needs scripts
    else:
        told = tab.get_by_role("main")
        expect(told.get_by_role("heading", level=1)).to_have_text("This was not saved")
        expect(told.get_by_role("definition")).to_have_text("Linocut, two colours")

    with tab.context.expect_page() as opened:
        told.get_by_role("link", name="bring them along").click()
    opened.value.get_by_role("button", name="Bring them along").click()
    told.get_by_role("button", name="Try again" if scripts else "Save it here").click()
    tab.get_by_role("button", name="Save mine").click()
    expect_sessions(tab, "Linocut, two colours", "Mail")


@SCRIPTS
def test_a_page_of_another_account_asks_before_it_saves_here(new_page, scripts):
    owner, tab = new_page(), new_page(java_script_enabled=scripts)
    email = f"first{scripts}@example.org".lower()
    track(owner, "Mail")
    keep(owner, email)
    track(tab, "Own")
    keep(tab, f"second{scripts}@example.org")
    tab.goto("/")
    field = tab.get_by_label("What are you doing?").first
    field.fill("Linocut")
    tab.route("**/timer/state/**", lambda route: route.fulfill(status=204))  # else the page follows who signs in

    other = tab.context.new_page()
    sign_in(other, email)
    expect_sessions(other, "Mail")
    field.press("Enter")
    told = tab.get_by_role("dialog", name="This was not saved") if scripts else tab.get_by_role("main")
    expect(told).to_contain_text(f"Now {email} is signed in here.")
    if scripts:
        expect(field).to_have_value("Linocut")
        check_look(tab)
    told.get_by_role("button", name="Save it here").click()
    expect(tab.get_by_role("button", name="Stop")).to_be_visible()
    expect_sessions(tab, "Linocut", "Mail")
