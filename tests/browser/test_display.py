"""What a device asks for: colours of its own, no motion, targets for a thumb; and a page that stays where it is."""

import re
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.timer import type_line
from tests.chromium import launch

DAY = "2026-03-02"
PHONE = {"width": 360, "height": 740}
MIN_TARGET = 44
"""CSS pixels, of what is used all day."""


def track(page: Page) -> None:
    """Tracks a finished session with a project and a running one."""
    page.goto("/")
    type_line(page, f"Call @Website {DAY} 9-10")
    page.get_by_role("button", name="Create project").click()
    expect(page.locator("#notices")).to_contain_text("Added “Call”")
    type_line(page, "Logo")
    expect(page.locator("#timer-name")).to_have_text("Logo")


def right_of(element: Locator) -> float:
    box = element.bounding_box()
    return box["x"] + box["width"]


def test_forced_colours_keep_marks_and_states_visible(new_page):
    page = new_page(forced_colors="active")
    track(page)
    page.goto(f"/day/{DAY}/")

    def style(selector: str, name: str, pseudo: str = "") -> str:
        return page.locator(selector).first.evaluate(
            "(element, [name, pseudo]) => getComputedStyle(element, pseudo)[name]", [name, pseudo]
        )

    assert style(".session .project", "backgroundColor", "::before") == "rgb(58, 108, 234)"  # not a system colour
    assert style(".timeline .ink", "fill") == "rgb(58, 108, 234)"
    assert style(".timer-now", "borderTopStyle") == "solid"
    assert style(".pick", "appearance") == "auto"
    page.goto("/week/")
    assert style(".tabs [aria-current]", "borderBottomWidth") == "3px"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_head_has_room_for_long_totals_in_words(new_page):
    page = new_page(timezone_id=f"Etc/GMT{datetime.now(UTC).hour - 12:+}")  # it is about noon there
    page.goto("/")
    type_line(page, "Night -14h")
    page.goto("/settings/time/")
    page.get_by_label("1 h 30 min").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.").first).to_be_visible()
    page.goto("/")
    for width in (720, 768, 800):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("font_size", [24, 32])
def test_pages_fit_with_larger_letters_of_the_browser(new_page, playwright, font_size):
    """The size of letters in the browser's settings, not its zoom, which makes everything larger."""
    page = new_page()
    track(page)
    chromium = launch(playwright, f"--blink-settings=defaultFontSize={font_size}")
    large = chromium.new_context(storage_state=page.context.storage_state()).new_page()
    for width in (640, 1024, 1280, 1440):
        large.set_viewport_size({"width": width, "height": 800})
        for path in ("/", f"/day/{DAY}/", "/week/"):
            large.goto(page.url.rstrip("/") + path)
            assert large.evaluate("document.documentElement.scrollWidth") <= width, (width, path)
            for row in large.locator(".sessions > .session").all():
                last = row.locator(".more")
                assert right_of(last) <= right_of(row), (width, path)
    chromium.close()


def test_reduced_motion_moves_nothing(new_page):
    page = new_page(reduced_motion="reduce")
    track(page)
    for path in ("/", f"/day/{DAY}/", "/week/", "/settings/"):
        page.goto(path)
        moving = page.evaluate(
            """[...document.querySelectorAll("*")].flatMap((element) => ["", "::before", "::after"]
                .map((pseudo) => getComputedStyle(element, pseudo))
                .filter((style) => style.transitionDuration !== "0s" || style.animationName !== "none")
                .map(() => element.outerHTML.slice(0, 80)))"""
        )
        assert moving == []


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1024, "height": 768}], ids=["phone", "tablet"])
def test_what_is_used_all_day_is_large_enough_for_a_thumb(new_page, viewport):
    page = new_page(viewport=viewport, is_mobile=True, has_touch=True)
    page.goto("/")
    targets = [page.get_by_role("button", name="Start")]
    assert targets[0].bounding_box()["height"] >= MIN_TARGET
    track(page)
    page.goto(f"/day/{DAY}/")
    targets = [
        page.get_by_role("button", name="Stop"),
        page.get_by_role("button", name="Continue Call"),
        page.get_by_role("link", name="Today", exact=True).first,
        page.get_by_role("link", name="Month", exact=True),
        page.locator(".tabs summary"),
    ]
    for target in targets:
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= MIN_TARGET, (target, box)


SMALL_TARGETS = """() => [...document.querySelectorAll("main :is(a, button, summary)")].filter((each) => {
    const { width, height } = each.getBoundingClientRect();
    const isLinkOfSentence = getComputedStyle(each).display === "inline";
    const isCovered = each.closest(".cell") && document.documentElement.clientWidth < 720;
    return !isLinkOfSentence && !isCovered && each.checkVisibility() && width > 0 && Math.min(width, height) < 24;
}).map((each) => each.outerHTML.slice(0, 120))"""


def test_no_target_is_smaller_than_24_pixels(new_page):
    page = new_page()
    track(page)
    type_line(page, f"Mail {DAY} 11-12")
    month = "from=2026-03-01&to=2026-03-31"
    paths = [
        f"/day/{DAY}/", f"/week/{DAY}/", "/month/2026-03/", "/projects/", "/clients/", "/trash/", "/undo/", "/shares/",
        f"/reports/?{month}&group=project", f"/reports/sessions/?{month}", f"/timesheet/?{month}", "/settings/",
    ]  # fmt: skip
    for path in paths:
        page.goto(path)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate(SMALL_TARGETS) == [], (path, width)


@pytest.mark.slow(reason="a browser slowed down, which needs the true clock, so not script/test --hard-times")
@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 800}], ids=["360", "1280"])
def test_nothing_moves_while_pages_load_and_the_clock_runs(new_page, viewport):
    page = new_page(viewport=viewport)
    track(page)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})  # as a cheap phone
    page.add_init_script(
        """window.shift = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
        }).observe({type: "layout-shift", buffered: true});"""
    )
    for path in ("/", f"/day/{DAY}/", "/week/", "/month/"):
        page.goto(path)
        expect(page.get_by_role("timer")).to_have_text(re.compile(r"\d:\d\d:\d\d"))
        page.wait_for_timeout(1200)
        # Within a row a button may wait for its neighbour, which is less; a bar that moves is 0.009 and more.
        assert page.evaluate("window.shift") < 0.005, path
