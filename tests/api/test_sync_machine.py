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
# Stories on each database; one of PostgreSQL takes twice as long.
EXAMPLES = {"sqlite": 14_000, "postgresql": 6_000} if LONG else {"sqlite": 400, "postgresql": 100}
STEPS = settings(stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
# As the search for a mutant: no shrinking, and the same each time.
SEARCH = settings(STEPS, max_examples=500, derandomize=True, database=None, phases=[Phase.generate])

SERVER = PUSH | FEEDS
# A story that fails and then does not, by a moment's chance, has found the defect, too.
FOUND = (AssertionError, Mismatch, FlakyFailure)


@pytest.fixture(scope="module")
def mutated(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house("sqlite", sqlite_template, "", tmp_path_factory.mktemp("mutated")) as one:
        yield one


def machine_of(one: House) -> type[SyncMachine]:
    return type("SyncMachineHere", (SyncMachine,), {"house": one})


@pytest.mark.parametrize("kind", EXAMPLES)
def test_no_invariant_breaks(kind: str, sqlite_template: Path, postgres_template: str, tmp_path: Path) -> None:
    told = settings(STEPS, max_examples=EXAMPLES[kind])
    with house(kind, sqlite_template, postgres_template, tmp_path) as one:
        run_state_machine_as_test(machine_of(one), settings=told)  # type: ignore[no-untyped-call] # hypothesis' own


@pytest.mark.parametrize("mutant", SERVER)
def test_the_machine_finds_each_defect_of_the_server(mutated: House, mutant: str) -> None:
    with serving(mutated, SERVER[mutant](mutated)), pytest.raises(FOUND):
        run_state_machine_as_test(machine_of(mutated), settings=SEARCH)  # type: ignore[no-untyped-call] # hypothesis' own


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_machine_finds_each_defect_of_a_phone(mutated: House, mutant: str) -> None:
    with MUTANTS[mutant](), pytest.raises(FOUND):
        run_state_machine_as_test(machine_of(mutated), settings=SEARCH)  # type: ignore[no-untyped-call] # hypothesis' own
