"""The account as a file, from one browser to another."""

import pytest
from playwright.sync_api import expect

from tests.browser.looks import check_look
from tests.browser.timer import type_line


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_everything_is_taken_from_one_browser_to_another(new_page, tmp_path, scripts):
    old = new_page(java_script_enabled=scripts)
    old.goto("/")
    type_line(old, "Logo sketches")
    old.goto("/settings/data/")
    with old.expect_download() as download:
        old.get_by_role("link", name="Export everything").click()
    assert download.value.suggested_filename == "timetracker-export.zip"
    file = tmp_path / "export.zip"
    download.value.save_as(file)

    new = new_page(java_script_enabled=scripts, viewport={"width": 320, "height": 640})
    new.goto("/settings/data/")
    form = new.get_by_role("form", name="Import")
    form.get_by_role("button", name="Import").click()
    chooser = form.get_by_label("File of an export")
    expect(form.get_by_role("alert")).to_have_text("Choose the ZIP file that you downloaded.")
    expect(chooser).to_be_focused()
    chooser.set_input_files(file)
    form.get_by_role("button", name="Import", exact=True).click()

    expect(new.get_by_text("Imported 1 session.")).to_be_visible()
    expect(new.get_by_role("region", name="Timer")).to_contain_text("Logo sketches")
    if scripts:
        check_look(new)
    new.get_by_role("button", name="Undo").click()
    expect(new.get_by_text("Undone:")).to_be_visible()
