"""`promises.md` P7: the invariants I1 to I12 of `sync.md`, under every fault, with two phones and a therapist."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
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
# The search for a mutant: the same each time, 510 stories without shrinking, in short rounds. A round is an empty
# story, a whole one and what is made of it; a long round begins with dozens that are kept small, and finds less.
SEARCH = settings(STEPS, max_examples=3, database=None, phases=[Phase.generate])
ROUNDS = 170

SERVER = PUSH | FEEDS
# Seeds whose first round finds a defect (others' is 0): they save only time, since a search goes on until it finds it.
BEGIN = {
    "void without a version": 3,
    "duplicate with a new version": 4,
    "void loses to a later put": 19,
    "conflict overwrites": 5,
    "results out of order": 2,
    "invalid blocks the others": 2,
    "too large after half": 5,
    "acknowledged but not kept": 2,
    "tombstones are skipped": 1,
    "rows that changed keep their place": 5,
    "any epoch will do": 3,
    "a cursor ahead waits": 3,
    "erasure only says so": 1,
    "streak lags behind": 5,
    "drops the queue on an error": 8,
    "makes a new id for each try": 7,
    "forgets the queue at sign-out": 8,
    "wipes when it must only pull anew": 14,
    "does not offer again": 14,
    "takes one result for all": 2,
    "goes on after an erasure": 1,
    "passes over tombstones": 5,
    "an operator who restores keeps the epoch": 12,
    "a start on a backup erases nobody": 1,
}
# A story that fails and then does not, by a moment's chance, has found the defect, too.
FOUND = (AssertionError, Mismatch, FlakyFailure)


@pytest.fixture(scope="module")
def mutated(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house("sqlite", sqlite_template, "", tmp_path_factory.mktemp("mutated")) as one:
        yield one


def machine_of(one: House) -> type[SyncMachine]:
    return type("SyncMachineHere", (SyncMachine,), {"house": one})


def search(one: House, mutant: str) -> None:
    for number in range(ROUNDS):
        machine = seed(BEGIN.get(mutant, 0) + number)(machine_of(one))
        run_state_machine_as_test(machine, settings=SEARCH)  # type: ignore[no-untyped-call] # hypothesis' own


@pytest.mark.parametrize("kind", EXAMPLES)
def test_no_invariant_breaks(kind: str, sqlite_template: Path, postgres_template: str, tmp_path: Path) -> None:
    told = settings(STEPS, max_examples=EXAMPLES[kind])
    with house(kind, sqlite_template, postgres_template, tmp_path) as one:
        run_state_machine_as_test(machine_of(one), settings=told)  # type: ignore[no-untyped-call] # hypothesis' own


@pytest.mark.parametrize("mutant", SERVER)
def test_the_machine_finds_each_defect_of_the_server(mutated: House, mutant: str) -> None:
    with serving(mutated, SERVER[mutant](mutated)), pytest.raises(FOUND):
        search(mutated, mutant)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_machine_finds_each_defect_of_a_phone(mutated: House, mutant: str) -> None:
    with MUTANTS[mutant](), pytest.raises(FOUND):
        search(mutated, mutant)
