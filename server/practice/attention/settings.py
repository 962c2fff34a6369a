"""How the rules are for one client: which are off, and which thresholds a therapist has moved."""

from uuid import UUID

from server.accounts import repository as accounts
from server.accounts.policy import access_client
from server.accounts.work import Work
from server.kit.errors import FieldError, Invalid
from server.practice.attention import repository
from server.practice.attention.models import SignalSettingsRow
from server.practice.attention.reading import settings_of
from server.practice.attention.schemas import (
    Bounded,
    ChangeSignalSettings,
    PhoneRule,
    RuleAsSet,
    RuleSetting,
    SignalRules,
    SignalSettings,
)
from server.practice.signals.rules import Rule, SignalsFile


async def read_settings(work: Work, rules: SignalsFile, client: UUID) -> SignalSettings:
    """Return the rules as they are for a client.

    Raises:
        NotFound: not in the caller's care.
    """
    await access_client(work, client)
    kept = await repository.list_settings(work.session, work.access, (client,))
    return _told(rules, kept.get(client))


async def change_settings(work: Work, rules: SignalsFile, client: UUID, data: ChangeSignalSettings) -> SignalSettings:
    """Set every rule of a client anew; what is not named is as it comes.

    Raises:
        NotFound: not in the caller's care.
        Invalid: a rule is named twice, or a threshold is not the rule's or beyond its bounds.
    """
    await access_client(work, client)
    for position, setting in enumerate(data.rules):
        _check(rules.rule(setting.rule), setting, position)
    if len({each.rule for each in data.rules}) != len(data.rules):
        raise _wrong("/rules", "twice", "A rule stands here twice.")
    await accounts.lock_client(work.session, work.access, client)
    row = SignalSettingsRow(
        organisation_id=work.access.organisation,
        client_id=client,
        rules=tuple(data.rules),
        changed_by=work.access.subject,
        changed_at=work.now,
    )
    await work.session.merge(row)
    await work.session.flush()
    return _told(rules, row)


def rules_for_phones(rules: SignalsFile) -> SignalRules:
    """Return the rules as a phone follows them: a therapist's thresholds change what the therapist sees alone."""
    return SignalRules(
        review=rules.review.status,
        standing_text=rules.standing_text,
        lookback_days=rules.lookback_days,
        rules=[
            PhoneRule(
                id=rule.id,
                level=rule.level,
                escalates_to=rule.escalates_to,
                thresholds={name: each.default for name, each in rule.thresholds.items()},
                text=rule.client.text,
                offers=rule.client.offers,
            )
            for rule in rules.rules
        ],
    )


def _told(rules: SignalsFile, row: SignalSettingsRow | None) -> SignalSettings:
    settings = settings_of(row)
    return SignalSettings(
        review=rules.review.status,
        rules=[
            RuleAsSet(
                rule=rule.id,
                title=rule.title,
                level=rule.level,
                on=rule.id not in settings.off,
                thresholds={
                    name: Bounded(value=value, default=each.default, least=each.least, most=each.most)
                    for (name, each), value in zip(
                        rule.thresholds.items(), settings.numbers(rule).values(), strict=True
                    )
                },
            )
            for rule in rules.rules
        ],
    )


def _check(rule: Rule, setting: RuleSetting, position: int) -> None:
    pointer = f"/rules/{position}/thresholds"
    for name, value in setting.thresholds.items():
        bounds = rule.thresholds.get(name)
        if bounds is None:
            raise _wrong(pointer, "unknown_threshold", "This rule has no such threshold.")
        if not bounds.least <= value <= bounds.most:
            raise _wrong(pointer, "out_of_range", "A threshold is beyond the bounds of its rule.")


def _wrong(pointer: str, code: str, detail: str) -> Invalid:
    return Invalid("The rules cannot be set like this.", errors=[FieldError(pointer=pointer, code=code, detail=detail)])
