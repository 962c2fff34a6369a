"""What may be agreed for a client, and who wrote it down when."""

from msgspec import UNSET, UnsetType

from server.accounts.work import Work
from server.care.flags.schemas import KeptApproval, KeptOverride, NewApproval, NewOverride, Screening, SetFlags
from server.catalogue.reference import SuitabilityRule
from server.catalogue.suitability.decide import Suitability, may_lift
from server.kit.errors import FieldError, Invalid


def check(data: SetFlags, suitability: Suitability) -> None:
    """Make sure that what is set can be set.

    Raises:
        Invalid: a flag that only hours give, an unknown exercise or rule, or a rule that these may not set aside.
    """
    hourly = suitability.hourly
    for position, flag in enumerate(data.flags):
        if flag in hourly:
            raise _wrong(f"/flags/{position}", "from_dates", "This follows from instants, and is not set.")
    for position, approval in enumerate(data.approvals):
        _check_exercise(f"/approvals/{position}/exercise", approval.exercise, suitability)
    rules = {rule.id: rule for rule in suitability.ordered}
    for position, override in enumerate(data.overrides):
        _check_exercise(f"/overrides/{position}/exercise", override.exercise, suitability)
        _check_rule(f"/overrides/{position}", override, rules.get(override.rule))


def kept(work: Work, data: SetFlags, before: Screening | None) -> Screening:
    """Return what is kept: who and when stay with what was agreed before."""
    old = before or Screening(flags=())
    known = {_plain_approval(each): each for each in old.approvals}
    lifted = {_plain_override(each): each for each in old.overrides}
    who, at = work.access.subject, work.now
    return Screening(
        flags=tuple(sorted({*data.flags})),
        dates=data.dates,
        approvals=tuple(
            known.get(each)
            or KeptApproval(exercise=each.exercise, by=each.by, reason=each.reason, member_id=who, at=at)
            for each in dict.fromkeys(data.approvals)
        ),
        overrides=tuple(
            lifted.get(each)
            or KeptOverride(
                rule=each.rule, by=each.by, reason=each.reason, exercise=each.exercise, member_id=who, at=at
            )
            for each in dict.fromkeys(data.overrides)
        ),
    )


def _plain_approval(each: KeptApproval) -> NewApproval:
    return NewApproval(exercise=each.exercise, by=each.by, reason=each.reason)


def _plain_override(each: KeptOverride) -> NewOverride:
    return NewOverride(rule=each.rule, by=each.by, reason=each.reason, exercise=each.exercise)


def _check_exercise(pointer: str, slug: str | UnsetType, suitability: Suitability) -> None:
    if slug is not UNSET and slug not in suitability.traits:
        raise _wrong(pointer, "unknown_exercise", "There is no such exercise.")


def _check_rule(pointer: str, override: NewOverride, rule: SuitabilityRule | None) -> None:
    if rule is None:
        raise _wrong(f"{pointer}/rule", "unknown_rule", "There is no such rule.")
    if not may_lift(rule, override.by):
        raise _wrong(f"{pointer}/by", "not_theirs", "They may not set this rule aside.")


def _wrong(pointer: str, code: str, detail: str) -> Invalid:
    error = FieldError(pointer=pointer, code=code, detail=detail)
    return Invalid("The flags cannot be set like this.", errors=[error])
