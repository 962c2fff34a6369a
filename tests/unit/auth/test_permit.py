import pytest
from msgspec.structs import replace
from support.clinic import NOON

from server.accounts.schemas import Access
from server.auth.provide import permit
from server.auth.recognise import Recognised
from server.auth.rules import STEP_UP_LIFE
from server.kit.errors import Forbidden
from server.kit.ids import new_id
from server.web.policy import Policy

PLAIN = Policy(roles=("therapist",), step_up=False, enrolling=False)
GUARDED = replace(PLAIN, step_up=True)
ENROLLING = replace(GUARDED, enrolling=True)
THEO = Access(
    organisation=new_id(), subject=new_id(), role="therapist", sign_in=new_id(), device=None, stepped_up_at=None
)


def refused(policy: Policy, access: Access = THEO, *, owes_factor: bool = False) -> str | None:
    try:
        permit(policy, Recognised(access=access, owes_factor=owes_factor), NOON)
    except Forbidden as problem:
        return problem.code
    return None


def test_a_role_opens_what_is_for_it_and_nothing_else() -> None:
    assert refused(PLAIN) is None
    for role in ("client", "support", "author", "reviewer", "researcher", "admin"):
        assert refused(PLAIN, replace(THEO, role=role)) == "forbidden"


@pytest.mark.parametrize("ago, code", [(0, None), (299, None), (300, "step_up_required")])
def test_a_proof_holds_for_five_minutes(ago: int, code: str | None) -> None:
    proven = replace(THEO, stepped_up_at=NOON - STEP_UP_LIFE * (ago / 300))
    assert refused(GUARDED, proven) == code
    assert refused(GUARDED) == "step_up_required"


def test_who_owes_a_second_factor_may_add_one_and_no_more() -> None:
    assert refused(PLAIN, owes_factor=True) == "second_factor_required"
    assert refused(GUARDED, replace(THEO, stepped_up_at=NOON), owes_factor=True) == "second_factor_required"
    assert refused(ENROLLING, owes_factor=True) is None
    assert refused(ENROLLING) == "step_up_required"
    assert refused(ENROLLING, replace(THEO, role="client"), owes_factor=True) == "forbidden"
