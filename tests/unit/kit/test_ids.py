from datetime import timedelta
from itertools import pairwise

from server.kit.clock import SystemClock
from server.kit.ids import new_id


def test_ids_are_version_seven_unique_and_in_order() -> None:
    ids = [new_id() for _ in range(1000)]
    assert {each.version for each in ids} == {7}
    assert len(set(ids)) == len(ids)
    assert all(earlier < later for earlier, later in pairwise(ids))


def test_the_systems_clock_tells_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
