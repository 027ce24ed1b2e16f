"""How ids are read: in any form of a UUID, and never as another one"""

import re
import uuid

import pytest

from timetracker.db.ids import parse_uuid

ID = uuid.UUID("0b4c8e8a-5f0e-4c39-9a55-6f2d0c1b7e11")
HEX = ID.hex


@pytest.mark.parametrize("text", [str(ID), str(ID).upper(), HEX, f"{{{ID}}}", ID.urn])
def test_any_form(text):
    assert parse_uuid(text) == ID


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "me", HEX[1:], f"{HEX}0", f" {ID}", f"{ID}\n", f"+{HEX[1:]}", f"-{HEX[1:]}", f"0x{HEX[2:]}",
        f"{HEX[0]}_{HEX[2:]}", "１" * 32, "٣" * 32,
    ],
)  # fmt: skip
def test_no_other_number(text):
    with pytest.raises(ValueError, match="^(badly formed|" + re.escape(text) + ")"):
        parse_uuid(text)
