"""What a crisis card is, as its file says it and as the API tells it (content brief 2.6 and 6.5)."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from server.catalogue.schemas import Review, Slug
from server.catalogue.vocabulary import Phase, ReviewStatus, Track

Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z", description="ISO 3166-1, two letters", examples=["ES"])]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?\Z")]
# As it is written where it was found: a number is text, and its zeros in front count.
Number = Annotated[str, Meta(pattern=r"^\+?[0-9][0-9 -]{1,20}\Z")]
Sentence = Annotated[str, Meta(min_length=1, max_length=200)]
Named = Annotated[str, Meta(min_length=1, max_length=120)]
Kind = Literal["crisis_line", "text_line", "support_line"]
Whom = Literal["emergency", "clinic", "maternity_unit", "same_day_help"]


class EntryFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to call or to write to, and the source that documents it."""

    id: Slug
    kind: Kind
    name: Named
    call: Number | UnsetType = UNSET
    text: Number | UnsetType = UNSET
    note: Mapping[Language, Sentence] = {}
    hours: Named
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    tracks: tuple[Track, ...] = ()
    source: Annotated[str, Meta(min_length=1, max_length=300)]


class CardFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/crisis/countries/<country>.yaml`. `documented_on`: when all of it was last found in its sources."""

    country: Country
    emergency: Number
    documented_on: date
    review: Review
    entries: tuple[EntryFile, ...]


class StopGroupWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Reasons to call somebody. Without `phases` and `tracks` they are everybody's, always."""

    id: Slug
    call: Whom
    phases: tuple[Phase, ...] = ()
    tracks: tuple[Track, ...] = ()
    title: Named
    items: Annotated[tuple[Named, ...], Meta(min_length=1)]


class StopWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The list of content brief 2.6; no software computes anything of it."""

    title: Named
    introduction: Sentence
    groups: Annotated[tuple[StopGroupWords, ...], Meta(min_length=1)]


class CrisisWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/crisis/words/<language>.yaml`."""

    review: Review
    title: Named
    not_monitored: Sentence
    emergency: Sentence
    clinic: Named
    documented: Sentence
    no_card: Sentence
    no_emergency: Sentence
    unconfirmed: Sentence
    kinds: Mapping[Kind, Named]
    stop: StopWords


class CrisisContent(Struct, frozen=True, kw_only=True):
    """Every card by its country, and the words by language."""

    cards: Mapping[str, CardFile]
    words: Mapping[str, CrisisWords]


class CrisisNumber(Struct, frozen=True, kw_only=True):
    """A number as people read it, and as a phone dials it."""

    shown: str
    dialled: str


class CrisisEntry(Struct, frozen=True, kw_only=True):
    """Somebody to call or to write to. With `tracks` it is for clients of these alone."""

    id: str
    kind: Kind
    kind_label: str
    name: str
    call: CrisisNumber | UnsetType = UNSET
    text: CrisisNumber | UnsetType = UNSET
    note: str | UnsetType = UNSET
    hours: str
    languages: tuple[str, ...]
    tracks: tuple[Track, ...]


class CrisisCard(Struct, frozen=True, kw_only=True):
    """Whom to call in a country; without any helpline on file `missing` says so, and none of another country is shown.

    `language` may differ from what was asked for: this card is never hidden (content brief 8). `version` names the
    numbers, whatever the language. From `look_again_on` on an app shows `documented` and the date; it always may.
    """

    country: str
    language: str
    version: str
    review_status: ReviewStatus
    title: str
    not_monitored: str
    emergency_words: str
    emergency: CrisisNumber | UnsetType = UNSET
    missing: str | UnsetType = UNSET
    entries: tuple[CrisisEntry, ...]
    documented: str
    documented_on: date | UnsetType = UNSET
    look_again_on: date | UnsetType = UNSET


class StopGroup(Struct, frozen=True, kw_only=True):
    """Reasons to call somebody. With `phases` or `tracks` they are shown in these alone."""

    id: str
    call: Whom
    title: str
    items: tuple[str, ...]
    phases: tuple[Phase, ...]
    tracks: tuple[Track, ...]


class StopCard(Struct, frozen=True, kw_only=True):
    """When to stop and get help: a list to be linked from every exercise. It asks nothing and computes nothing."""

    language: str
    review_status: ReviewStatus
    title: str
    introduction: str
    not_monitored: str
    groups: tuple[StopGroup, ...]
