import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.factories import instant, make_guest
from users_app.models import RecoveryCode
from users_app.services.recovery import ALPHABET, make_code, read_code, replace_code, use_code

NOW = instant("2026-11-23T09:00Z")
codes = st.builds(make_code)


def test_codes_are_seven_groups_of_signs_that_sound_different():
    made = {make_code() for _number in range(200)}
    assert len(made) == 200
    for code in made:
        assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){6}", code)
    assert not set("01IO") & set(ALPHABET)


def in_full_width(code):
    return "".join(chr(ord(each) + 0xFEE0) for each in code)


@pytest.mark.parametrize(
    "write", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code}\n", in_full_width]
)
def test_it_may_be_written_in_many_ways(write):
    code = make_code()
    assert read_code(write(code)) == code.replace("-", "")


@examples(100)
@given(code=codes, index=st.integers(0, 27), sign=st.sampled_from(ALPHABET))
def test_a_wrong_sign_is_found(code, index, sign):
    signs = code.replace("-", "")
    wrong = signs[:index] + sign + signs[index + 1 :]
    assert (read_code(wrong) is None) == (wrong != signs)


def test_two_swapped_neighbours_are_found():
    signs = make_code().replace("-", "")
    for index, (one, other) in enumerate(pairwise(signs[:26])):
        swapped = signs[:index] + other + one + signs[index + 2 :]
        assert (read_code(swapped) is None) == (one != other)


@pytest.mark.parametrize("typed", ["", "AB3D", "0" * 28, "2" * 29, "é" * 28])
def test_what_cannot_be_a_code(typed):
    assert read_code(typed) is None


def test_it_opens_once_and_a_new_one_follows(db):
    user = make_guest()
    code = replace_code(user, now=NOW)

    opened, fresh = use_code(code.lower(), now=NOW)

    assert opened == user
    assert use_code(code, now=NOW) is None
    assert use_code(fresh, now=NOW)[0] == user


def test_a_newer_code_ends_the_one_before(db):
    user = make_guest()
    first = replace_code(user, now=NOW)
    replace_code(user, now=NOW)
    assert use_code(first, now=NOW) is None


def test_only_a_hash_is_stored(db):
    code = replace_code(make_guest(), now=NOW)
    row = RecoveryCode.objects.get()
    assert code not in row.code_hash
    assert use_code(row.code_hash, now=NOW) is None


def test_who_is_not_active_gets_nothing_and_keeps_the_code(db):
    user = make_guest(is_active=False)
    code = replace_code(user, now=NOW)
    assert use_code(code, now=NOW) is None
    type(user).objects.update(is_active=True)
    assert use_code(code, now=NOW)[0] == user
