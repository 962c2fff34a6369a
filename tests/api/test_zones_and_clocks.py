"""Nights on which clocks change, the date line, every zone there is, and phones whose clocks are wrong.

No fact is lost, and phone and server agree: on every row, on the date of every practice, and on the streak.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

import pytest
from support.clinic import completion
from support.streak_oracle import local_date
from support.sync_house import House, house
from support.sync_laws import judge_rest, look
from support.sync_model import Item
from support.sync_world import World

ZONES = sorted(available_timezones())
# A client reports all zones of a group, one after the other: alphabetical, they cross the date line again and again.
GROUPS = [ZONES[place : place + 50] for place in range(0, len(ZONES), 50)]
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BEYOND = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2106, 2, 7, 6, 28, 15, tzinfo=UTC))
WRONG = (-DAY, -HOUR, HOUR, DAY)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def opened(
    request: pytest.FixtureRequest,
    sqlite_template: Path,
    postgres_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    with house(request.param, sqlite_template, postgres_template, tmp_path_factory.mktemp("zones")) as one:
        yield one


def offset(instant: datetime, zone: str) -> timedelta:
    return instant.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def changes(zone: str) -> list[datetime]:
    """Return the instants of the year, to the minute, from which a zone's clocks show another offset."""
    found = []
    for hour in (YEAR + n * DAY for n in range(365)):
        if offset(hour, zone) != offset(hour + DAY, zone):
            minutes = (hour + n * MINUTE for n in range(1, 24 * 60 + 1))
            found.append(next(each for each in minutes if offset(each, zone) != offset(hour, zone)))
    return found


def edges(zone: str) -> Iterator[datetime]:
    """Yield the minutes around a change of the clocks, and around the start of that practice day and of another."""
    for change in (*changes(zone), YEAR + 200 * DAY):
        yield from (change - MINUTE, change, change + HOUR)
        four = change.astimezone(ZoneInfo(zone)).replace(hour=4, minute=0).astimezone(UTC)
        yield from (four - MINUTE, four)


def of_one_zone(number: int, zone: str, instants: Iterable[datetime]) -> Iterator[Item]:
    at = (NOW + timedelta(milliseconds=number + 1)).isoformat()
    yield {"id": str(uuid4()), "op": "put", "type": "zone", "body": {"at": at, "zone": zone}}
    for started_at in instants:
        yield completion(started_at, zone=zone)


def synced(opened: House, sent: list[Item]) -> World:
    """Let a client's phone write all of it and sync, and hold what stands then against the laws and the clocks."""
    opened.clinic.clock.at = NOW
    world = World(opened)
    opened.run(world.begin())
    for phone in world.phones:
        phone.page = 500
    for item in sent:
        world.write(0, item)
    opened.run(judge_rest(world))
    rows = world.phones[1].store.copy.rows
    for item in sent:
        row, body = rows[item["id"]]["body"], item["body"]
        if item["type"] == "completion":
            day = local_date(datetime.fromisoformat(body["started_at"]), body["zone"], "04:00")
            assert row["practice_date"] == day.isoformat()
    return world


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group[0]} to {group[-1]}")
def test_in_every_zone_nothing_is_lost_and_phone_and_server_agree(opened: House, group: list[str]) -> None:
    world = synced(opened, [item for n, zone in enumerate(group) for item in of_one_zone(n, zone, edges(zone))])
    for change in changes(group[-1]) or [NOW]:
        for opened.clinic.clock.at in (change + DAY - MINUTE, change + DAY):
            opened.run(look(world))


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_a_phone_with_a_wrong_clock_writes_is_kept_and_told(opened: House, wrong: timedelta) -> None:
    zones = ZONES[::12]
    synced(opened, [item for n, zone in enumerate(zones) for item in of_one_zone(n, zone, [NOW + wrong])])


@pytest.mark.parametrize("dead", BEYOND, ids=str)
def test_what_a_phone_writes_whose_clock_has_died_is_kept_and_told(opened: House, dead: datetime) -> None:
    synced(opened, [item for n, zone in enumerate(ZONES[::60]) for item in of_one_zone(n, zone, [dead])])
