"""`promises.md` P17: a stolen refresh token is found, a bad network is not punished."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from support.families import Family, House, house

from server.auth import families
from server.auth.tokens import first_refresh

EXAMPLES = settings().max_examples // 8
STEPS = settings(max_examples=EXAMPLES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
# As the search for a mutant: no shrinking, and the same each time.
SEARCH = settings(STEPS, max_examples=300, derandomize=True, database=None, phases=[Phase.generate])


@pytest.fixture
def opened(database: str) -> Iterator[House]:
    with house(database) as one:
        yield one


def family_of(one: House) -> type[Family]:
    return type("FamilyHere", (Family,), {"house": one})


def test_no_family_ends_wrongly_and_no_theft_is_missed(opened: House) -> None:
    run_state_machine_as_test(family_of(opened), settings=STEPS)  # type: ignore[no-untyped-call] # hypothesis' own


def forgets_to_audit(*_: Any) -> Any:
    async def nothing() -> None:
        return None

    return nothing()


MUTANTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "no retry": lambda: patch.object(families, "RETRY_LIFE", timedelta()),
    "endless retry": lambda: patch.object(families, "RETRY_LIFE", timedelta(days=9)),
    "a random successor": lambda: patch.object(families, "next_refresh", lambda key, _refresh: first_refresh(key)),
    "the same token for ever": lambda: patch.object(families, "next_refresh", lambda _key, refresh: refresh),
    "no theft is seen": lambda: patch.object(families, "is_genuine", lambda _key, _refresh: False),
    "a forged token ends a family": lambda: patch.object(families, "is_genuine", lambda _key, _refresh: True),
    "a theft is not audited": lambda: patch.object(families, "record", forgets_to_audit),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_machine_finds_each_mutant(sqlite_copy: str, mutant: str) -> None:
    with house(sqlite_copy) as one, MUTANTS[mutant](), pytest.raises(AssertionError):
        run_state_machine_as_test(family_of(one), settings=SEARCH)  # type: ignore[no-untyped-call] # hypothesis' own


@pytest.fixture
def sqlite_copy(sqlite_template: Path, tmp_path: Path) -> str:
    copy = tmp_path / "groundwork.db"
    copy.write_bytes(sqlite_template.read_bytes())
    return str(copy)
