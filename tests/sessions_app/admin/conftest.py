"""Who looks: an operator."""

import pytest

from tests.admin import Operator


@pytest.fixture
def operator(db) -> Operator:
    return Operator()
