"""What a phone takes along so that nothing of it needs a network (`docs/bundle.md`)."""

from msgspec import UNSET, Struct, UnsetType

from server.catalogue.crisis.schemas import CrisisCard, StopCard
from server.catalogue.suitability.compiled import Table
from server.catalogue.views import ExerciseDetail
from server.catalogue.withdrawal import Tombstone


class BundleLinks(Struct, frozen=True, kw_only=True):
    """What belongs to the client alone and is read beside the bundle, at the same sync."""

    crisis: str
    flags: str
    agenda: str
    reminders: str
    changes: str
    recordings: str


class Bundle(Struct, frozen=True, kw_only=True):
    """All content of one language, or what has changed of it since `since`; `version` is the next `since`.

    With `full` the phone forgets what it had. Otherwise it keeps what is absent, replaces what is here, and in both
    cases drops every exercise that `offered` does not name: so a recall needs nothing else to arrive.
    `suitability` is the table by which a phone decides what suits its owner, before anything else is offered.
    `exercises` list only audio that is ready, and a script for every combination of their alt variants. `crisis` has
    every country; the last card is that of one without.
    """

    language: str
    version: str
    catalogue: str
    full: bool
    offered: tuple[str, ...]
    exercises: tuple[ExerciseDetail, ...]
    suitability: Table | UnsetType = UNSET
    crisis: tuple[CrisisCard, ...] | UnsetType = UNSET
    stop: StopCard | UnsetType = UNSET
    tombstones: tuple[Tombstone, ...] | UnsetType = UNSET
    links: BundleLinks | UnsetType = UNSET
