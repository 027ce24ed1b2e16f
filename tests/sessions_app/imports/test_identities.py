"""By what sessions of other tools are known again, and in which order that lies in its index"""

import pytest

from sessions_app.models import ImportIdentity
from tests.sessions_app.imports.bring_in import bring_in
from tests.sessions_app.imports.samples import HARVEST, TOGGL


@pytest.fixture(autouse=True)
def _now(clock):
    """It is always `NOW`."""


BRIEF = "".join(f"{','.join(line.split(',')[:12])}\n" for line in TOGGL.splitlines())

# As they were given, row after row, before decision 253.
OF_TOGGL = (
    "cba7743a44957951e01e5c6df2365a90.1", "b.3fd5f53ee6b2d56ecb6a28cfe30dd332.1",
    "ed4d5471be50e3f0bef480171b64ceb1.1", "b.b64bc5911d643244ad5b42955b325fc8.1",
    "d8bb0377385cd5c1f24436bbd830bca2.1", "b.3f45155ce04f359d98c02c48e956fcba.1",
    "a305e60e54520acf7c7f3bafa3bdce70.1", "b.f0b07c9134d7615a6d09ef5f2ef9e7b4.1",
)  # fmt: skip
OF_BRIEF = tuple(each.replace("b.", "p.") for each in OF_TOGGL if each.startswith("b."))
OF_HARVEST = (
    "4188c698c4054fecde05b86bd536f462.1", "b.43d9c1abc39e274ae10f5767ac7ab464.1",
    "4188c698c4054fecde05b86bd536f462.2", "b.43d9c1abc39e274ae10f5767ac7ab464.2",
    "6d3129a42683401213d426816d226c7f.1", "b.5fdd10098155c8ecb51423320da757f7.1",
)  # fmt: skip
HAMSTER = (
    '<activities><activity name="Draft" start_time="2026-03-02 09:00" end_time="2026-03-02 10:30" category="Site" '
    'tags="a, b"/><activity name="Night" start_time="2026-03-03 23:30" end_time="2026-03-04 00:30" category="Site"/>'
    "</activities>"
)
# As they were given before its clocks could be brief.
OF_HAMSTER = ("r202603020900c10ead196e661e13d921653f.1", "r2026030323308f7f7c65c855fefbb9e599c1.1")


@pytest.mark.parametrize(
    ("first", "earlier", "second"),
    [
        (TOGGL, OF_TOGGL, TOGGL),
        (TOGGL, OF_TOGGL, BRIEF),
        (BRIEF, OF_BRIEF, BRIEF),
        (BRIEF, OF_BRIEF, TOGGL),
        (HARVEST, OF_HARVEST, HARVEST),
        (HAMSTER, OF_HAMSTER, HAMSTER),
    ],
    ids=["whole", "whole, then brief", "brief", "brief, then whole", "without clocks", "whole once"],
)
def test_what_came_in_before_identities_had_an_order_is_known(owner, first, earlier, second):
    count = bring_in(owner, first).counts["created"]
    for held, identity in zip(ImportIdentity.objects.order_by("id"), earlier, strict=True):
        held.identity = identity
        held.save()

    counts = bring_in(owner, second).counts

    assert (counts["created"], counts["unchanged"]) == (0, count)


def test_identities_of_each_kind_lie_in_the_order_of_their_times(owner):
    bring_in(owner, TOGGL)

    held = list(ImportIdentity.objects.order_by("id").values_list("identity", flat=True))
    of_records, of_times = held[::2], held[1::2]
    assert of_records == sorted(of_records)
    assert of_times == sorted(of_times)
    assert {each[:13] for each in held} == {
        f"{kind}{at}" for kind in "rs" for at in ("202603020900", "202603021100", "202603032330", "202603050900")
    }


def test_identities_of_many_equal_rows_have_room(owner):
    line = "Mira,mira@example.org,,,,Same,No,2026-03-05,09:00:00,2026-03-05,10:00:00,01:00:00,,\n"

    assert bring_in(owner, TOGGL.splitlines(keepends=True)[0] + line * 1_200).counts["created"] == 1_200

    assert max(map(len, ImportIdentity.objects.values_list("identity", flat=True))) <= 48
    assert ImportIdentity.objects.count() == 2_400
