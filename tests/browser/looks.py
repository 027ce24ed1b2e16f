"""How a page looks as it stands, at every width and in both themes: one visit is looked at many times."""

from collections.abc import Sequence

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (320, 360, 800, 1280)
PHONE = {"width": 360, "height": 740}

# `preload` fetches every style sheet again, for a rule about orientation that is off.
_ALL_RULES = {"resultTypes": ["violations"], "preload": False}
# What axe looks at in the dark: nothing else changes with colours.
_CONTRAST = {**_ALL_RULES, "runOnly": ["color-contrast"]}


def check_look(page: Page, what: str = "", *, widths: Sequence[int] = WIDTHS) -> None:
    """Fails if the page scrolls sideways at a width, has an id twice, or axe finds anything at the ends of `widths`."""
    what = what or page.url
    before = page.viewport_size
    page.evaluate(Axe().axe_script)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{what} scrolls sideways at {width} px"
        if width in {widths[0], widths[-1]}:
            for scheme, options in (("dark", _CONTRAST), ("light", _ALL_RULES)):
                page.emulate_media(color_scheme=scheme)
                found = AxeResults(page.evaluate("options => axe.run(options)", options))
                assert found.violations_count == 0, f"{what} at {width} px, {scheme}: {found.generate_report()}"
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.getAttribute('id'))")
    assert len(ids) == len(set(ids)), f"{what}: {sorted(each for each in ids if ids.count(each) > 1)}"
    page.set_viewport_size(before)
