"""What a ledger shares with a reader, at an instant."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from server.accounts.sharing.models import ConsentRow
from server.accounts.sharing.rules import Reader, scopes_for

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
THEO, KIM = UUID(int=1), UUID(int=2)
AS_THEO, AS_KIM = Reader(kind="member", id=THEO), Reader(kind="member", id=KIM)


def consent(**given: Any) -> ConsentRow:
    return ConsentRow(**{"grantee": "care_team", "scope": "notes", "from_at": NOON, **given})


def test_nothing_is_shared_by_itself() -> None:
    assert scopes_for([], AS_THEO, NOON) == frozenset()


def test_the_care_team_is_whoever_is_let_through() -> None:
    assert scopes_for([consent()], AS_THEO, NOON) == scopes_for([consent()], AS_KIM, NOON) == {"notes"}


def test_one_member_is_nobody_else() -> None:
    ledger = [consent(grantee="member", member_id=THEO)]
    assert (scopes_for(ledger, AS_THEO, NOON), scopes_for(ledger, AS_KIM, NOON)) == ({"notes"}, frozenset())


def test_a_consent_begins_at_its_instant_and_is_over_at_its_end() -> None:
    for end in ("expires", "revoked_at"):
        ledger = [consent(**{end: NOON + SECOND})]
        held = [bool(scopes_for(ledger, AS_THEO, NOON + n * SECOND)) for n in (-1, 0, 1, 2)]
        assert held == [False, True, False, False], end


def test_the_earlier_end_counts() -> None:
    assert not scopes_for([consent(expires=NOON + 9 * SECOND, revoked_at=NOON)], AS_THEO, NOON)
    assert not scopes_for([consent(expires=NOON, revoked_at=NOON + 9 * SECOND)], AS_THEO, NOON)


@given(st.lists(st.sampled_from(["streak", "notes", "check_ins", "early_stops"])))
def test_what_is_over_takes_nothing_from_what_holds(scopes: list[Any]) -> None:
    over = [consent(scope=scope, revoked_at=NOON) for scope in scopes]
    assert scopes_for([*over, consent(scope="streak")], AS_THEO, NOON) == {"streak"}
