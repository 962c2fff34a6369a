"""`promises.md` P7: the invariants I1 to I12 of `sync.md`, under every fault, with two phones and a therapist."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import FlakyFailure
from hypothesis.stateful import run_state_machine_as_test
from support.defects import serving
from support.feed_mutants import FEEDS
from support.phone_line import Mismatch
from support.phone_mutants import MUTANTS
from support.push_mutants import PUSH
from support.sync_house import House, house
from support.sync_machine import SyncMachine

LONG = settings.get_current_profile_name() == "chaos"
# On each of the two databases.
EXAMPLES = 10_000 if LONG else 150
STEPS = settings(max_examples=EXAMPLES, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
# As the search for a mutant: no shrinking, and the same each time.
SEARCH = settings(STEPS, max_examples=500, derandomize=True, database=None, phases=[Phase.generate])

SERVER = PUSH | FEEDS
# A story that fails and then does not, by a moment's chance, has found the defect, too.
FOUND = (AssertionError, Mismatch, FlakyFailure)


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(
    request: pytest.FixtureRequest, sqlite_template: Path, postgres_template: str, tmp_path: Path
) -> Iterator[House]:
    with house(request.param, sqlite_template, postgres_template, tmp_path) as one:
        yield one


@pytest.fixture(scope="module")
def mutated(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house("sqlite", sqlite_template, "", tmp_path_factory.mktemp("mutated")) as one:
        yield one


def machine_of(one: House) -> type[SyncMachine]:
    return type("SyncMachineHere", (SyncMachine,), {"house": one})


def test_no_invariant_breaks(opened: House) -> None:
    run_state_machine_as_test(machine_of(opened), settings=STEPS)  # type: ignore[no-untyped-call] # hypothesis' own


@pytest.mark.parametrize("mutant", SERVER)
def test_the_machine_finds_each_defect_of_the_server(mutated: House, mutant: str) -> None:
    with serving(mutated, SERVER[mutant](mutated)), pytest.raises(FOUND):
        run_state_machine_as_test(machine_of(mutated), settings=SEARCH)  # type: ignore[no-untyped-call] # hypothesis' own


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_machine_finds_each_defect_of_a_phone(mutated: House, mutant: str) -> None:
    with MUTANTS[mutant](), pytest.raises(FOUND):
        run_state_machine_as_test(machine_of(mutated), settings=SEARCH)  # type: ignore[no-untyped-call] # hypothesis' own
