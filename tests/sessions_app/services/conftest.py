import pytest

from tests.sessions_app.services.states import NOW


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Stands at NOW until a test moves it."""
    time_machine.move_to(NOW, tick=False)
    return time_machine
