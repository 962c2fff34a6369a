from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.practice.schemas import StopReason, Unreal
from server.practice.signals.rules import Level, Offer, RuleId, RuleScope

ThresholdName = Annotated[str, Meta(pattern=r"^[a-z_]{1,40}\Z")]
Moved = Annotated[int, Meta(ge=0, le=1000)]


class SignalFact(Struct, frozen=True, kw_only=True):
    """A fact that raised a signal, with the values that its rule shows and no others."""

    id: UUID
    kind: Literal["practice", "check_in", "session"]
    at: datetime
    exercise: str | UnsetType = UNSET
    distress_before: int | UnsetType = UNSET
    distress_after: int | UnsetType = UNSET
    presence: int | UnsetType = UNSET
    unreal: Unreal | UnsetType = UNSET
    stop_reason: StopReason | UnsetType = UNSET
    not_ok: Literal[True] | UnsetType = UNSET
    entered_by: Literal["carer"] | UnsetType = UNSET


class Acknowledgement(Struct, frozen=True, kw_only=True):
    """Who looked at a signal first, and when."""

    member_id: UUID
    name: str
    at: datetime


class Signal(Struct, frozen=True, kw_only=True):
    """What might need a look: a rule, and the facts that raised it. Never a diagnosis, never a score.

    `raised_at`: when the newest of its facts happened; `received_at`: when the server learned of the last of them.
    """

    id: UUID
    client_id: UUID
    rule: RuleId
    level: Level
    sentence: str
    raised_at: datetime
    received_at: datetime
    facts: list[SignalFact]
    acknowledged: Acknowledgement | UnsetType = UNSET


class Watch(Struct, frozen=True, kw_only=True):
    """What a list of signals cannot tell: what the client does not share now, and since when no phone has delivered.

    `no_data_since` is no refusal (`domain.md`, Signals). `silenced_at`: nothing is raised since then.
    """

    client_id: UUID
    not_shared: list[RuleScope]
    no_data_since: datetime | UnsetType = UNSET
    silenced_at: datetime | UnsetType = UNSET


class ClientSignals(Struct, frozen=True, kw_only=True):
    """A client's signals, those that nobody has acknowledged first, then the newest; and what the list cannot tell."""

    note: str
    watch: Watch
    items: list[Signal]


class NamedWatch(Watch, frozen=True, kw_only=True):
    """What the list cannot tell of one client."""

    name: str


class Inbox(Struct, frozen=True, kw_only=True):
    """The signals of all clients in the caller's care, those that nobody has acknowledged first, then the newest."""

    note: str
    clients: list[NamedWatch]
    items: list[Signal]


class RuleSetting(Struct, frozen=True, kw_only=True):
    """What is other for one client: the rule is off, or some of its thresholds are moved."""

    rule: RuleId
    on: bool = True
    thresholds: Annotated[dict[ThresholdName, Moved], Meta(max_length=4)] = {}


class ChangeSignalSettings(Struct, frozen=True, kw_only=True):
    """Every rule that is other than it comes; the rest is as it comes."""

    rules: Annotated[list[RuleSetting], Meta(max_length=10)]


class Bounded(Struct, frozen=True, kw_only=True):
    """A threshold as it is for this client, and how far it may be moved."""

    value: int
    default: int
    least: int
    most: int


class RuleAsSet(Struct, frozen=True, kw_only=True):
    """A rule as it is for one client."""

    rule: RuleId
    title: str
    level: Level
    on: bool
    thresholds: dict[str, Bounded]


class SignalSettings(Struct, frozen=True, kw_only=True):
    """The rules as they are for one client. No clinician has reviewed them while `review` is `draft`."""

    review: str
    rules: list[RuleAsSet]


class PhoneRule(Struct, frozen=True, kw_only=True):
    """A rule for the phone: it decides offline by the same condition, says `text`, and offers these, in order."""

    id: RuleId
    level: Level
    thresholds: Mapping[str, int]
    text: Mapping[str, str]
    offers: tuple[Offer, ...]
    escalates_to: Level | UnsetType = UNSET


class SignalRules(Struct, frozen=True, kw_only=True):
    """All rules, by language. `standing_text` stands under whatever they say."""

    review: str
    standing_text: Mapping[str, str]
    lookback_days: int
    rules: list[PhoneRule]
