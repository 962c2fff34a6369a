import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.clinic import Clinic, Person
from support.readme import differences, expanded, play, read_shown, walk_of

from server import demo
from server.accounts.members import add_member
from server.accounts.organisations import add_organisation
from server.auth.credentials import set_password
from server.db.unit import unit_of_work

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture
async def demo_clinic(clinic: Clinic) -> Clinic:
    """What `make run` serves, without its history."""
    async with unit_of_work(clinic.sessions, writes=True) as session:
        now = clinic.clock.now()
        house = await add_organisation(session, clinic.keys, "demo", "Demo clinic", demo=True, now=now)
        theo = await add_member(session, clinic.keys, house, "therapist", demo.EMAIL, "Theo", now)
        await set_password(session, house, theo, demo.PASSWORD, now)
    return clinic


@pytest.mark.parametrize("today", [datetime(2026, 11, 25, 9, tzinfo=UTC), datetime(2027, 3, 8, 20, tzinfo=UTC)])
async def test_the_walk_of_the_readme_gives_the_answers_it_shows(demo_clinic: Clinic, today: datetime) -> None:
    demo_clinic.clock.at = today
    assert await play(demo_clinic.http, walk_of(README), today) == []


async def test_a_readme_that_lies_is_found(demo_clinic: Clinic) -> None:
    today = demo_clinic.clock.at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    lies = README.replace('"current":1', '"current":2').replace('"status":"stored"', '"status":"kept"')
    wrong = await play(demo_clinic.http, walk_of(lies), today)
    assert [each.rpartition(": ")[2] for each in wrong] == ["'stored' is not 'kept'", "1 is not 2"]


def test_the_walk_has_ten_requests() -> None:
    assert sum(line.command.startswith("curl ") for line in walk_of(README)) == 10


@pytest.mark.parametrize(
    "shown, real",
    [
        ('{"a":1}', {"a": 1, "b": 2}),
        ('{"a":1,"b":2}', {"a": 1}),
        ('{"a":1,…}', {"a": 2, "b": 2}),
        ('{"a":true}', {"a": 1}),
        ('{"a":"gwa_…"}', {"a": "gwr_x"}),
        ('{"a":"…"}', {"a": ""}),
        ('{"a":[1]}', {"a": [1, 2]}),
        ('{"a":[1,2,…]}', {"a": [1]}),
        ('{"a":[{"b":1}]}', {"a": [{"b": 2}]}),
        ('{"a":[]}', {"a": {}}),
    ],
)
def test_another_answer_than_the_shown_one_is_told(shown: str, real: object) -> None:
    assert list(differences(read_shown(shown), real, "here"))


@pytest.mark.parametrize(
    "shown, real",
    [
        ('{"a":1,…}', {"a": 1, "b": 2}),
        ('{"a":"…-…"}', {"a": "ABCDE-12345"}),
        ('{"a":[1,…]}', {"a": [1, 2]}),
        ('{"a":[{"b":"01…",…}, {"c":[]}]}', {"a": [{"b": "012", "c": 3}, {"c": []}]}),
    ],
)
def test_what_stands_for_anything_may_be_anything(shown: str, real: object) -> None:
    assert list(differences(read_shown(shown), real, "here")) == []


def test_a_variable_between_single_quotes_is_left_alone_as_a_shell_does() -> None:
    assert expanded("""curl $A "$A" '$A' '{"a": "'$A'"}'""", {"A": "x"}) == """curl x "x" '$A' '{"a": "'x'"}'"""


async def test_the_outbox_in_the_guide_for_apps_is_understood(clinic: Clinic, theo: Person) -> None:
    clinic.clock.at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    ana = await clinic.phone(theo, "Ana")
    guide = (Path(__file__).parents[2] / "docs" / "sync.md").read_text(encoding="utf-8")
    example, _answer = re.findall(r"^```json\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    results = (await ana.post("/v1/me/outbox", json.loads(example)))["results"]
    assert [each["status"] for each in results] == ["stored", "stored", "voided"]
    assert results[0]["counted"] is True
