"""Crisis cards as they are told: in the language that is nearest, and never with another country's helpline."""

import hashlib

import msgspec
from msgspec import UNSET, UnsetType

from server.catalogue.crisis.age import look_again_on
from server.catalogue.crisis.loader import SOURCE_LANGUAGE
from server.catalogue.crisis.schemas import (
    CardFile,
    CrisisCard,
    CrisisContent,
    CrisisEntry,
    CrisisNumber,
    CrisisWords,
    EntryFile,
    StopCard,
    StopGroup,
)
from server.catalogue.snapshot import language_of

# CLDR's name for a country that is not known.
NOWHERE = "ZZ"


def card_of(content: CrisisContent, country: str, locale: str) -> CrisisCard:
    """Return a country's card; one that is not on file says so, and shows no number at all."""
    language = nearest(content, locale)
    words, card = content.words[language], content.cards.get(country)
    if card is None:
        return _card(words, country, language, missing=f"{words.no_card} {words.no_emergency}")
    told = _card(words, country, language, missing=UNSET if card.entries else words.no_card)
    return msgspec.structs.replace(
        told,
        version=version_of(card),
        review_status=words.review.status if card.review.status == "approved" else card.review.status,
        emergency=number_of(card.emergency),
        entries=tuple(_entry(entry, words, language) for entry in card.entries),
        documented_on=card.documented_on,
        look_again_on=look_again_on(card),
    )


def all_cards_of(content: CrisisContent, locale: str) -> tuple[CrisisCard, ...]:
    """Return every card in one language, and last what is told of a country without one."""
    return tuple(card_of(content, country, locale) for country in (*sorted(content.cards), NOWHERE))


def stop_card_of(content: CrisisContent, locale: str) -> StopCard:
    """Return the list of when to stop and get help."""
    language = nearest(content, locale)
    words = content.words[language]
    return StopCard(
        language=language,
        review_status=words.review.status,
        title=words.stop.title,
        introduction=words.stop.introduction,
        not_monitored=words.not_monitored,
        groups=tuple(
            StopGroup(
                id=group.id,
                call=group.call,
                title=group.title,
                items=group.items,
                phases=group.phases,
                tracks=group.tracks,
            )
            for group in words.stop.groups
        ),
    )


def nearest(content: CrisisContent, locale: str) -> str:
    """Choose the language of a card: that of the locale, else English; the card says which (content brief 8)."""
    return language_of(content.words, locale) or SOURCE_LANGUAGE


def version_of(card: CardFile | None) -> str:
    """Return what names the numbers of a card, 16 hex digits: other numbers, another day, another version."""
    return hashlib.sha256(msgspec.msgpack.encode(card)).hexdigest()[:16]


def number_of(shown: str) -> CrisisNumber:
    """Return a number as it is read and as it is dialled."""
    return CrisisNumber(shown=shown, dialled="".join(each for each in shown if each not in " -"))


def _card(words: CrisisWords, country: str, language: str, *, missing: str | UnsetType) -> CrisisCard:
    return CrisisCard(
        country=country,
        language=language,
        version=version_of(None),
        review_status=words.review.status,
        title=words.title,
        not_monitored=words.not_monitored,
        emergency_words=words.emergency,
        missing=missing,
        entries=(),
        documented=words.documented,
    )


def _entry(entry: EntryFile, words: CrisisWords, language: str) -> CrisisEntry:
    return CrisisEntry(
        id=entry.id,
        kind=entry.kind,
        kind_label=words.kinds[entry.kind],
        name=entry.name,
        call=number_of(entry.call) if entry.call else UNSET,
        text=number_of(entry.text) if entry.text else UNSET,
        note=entry.note.get(language, UNSET),
        hours=entry.hours,
        languages=entry.languages,
        tracks=entry.tracks,
    )
