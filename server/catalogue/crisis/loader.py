"""Reads `content/crisis` strictly: a card that is not whole stops the start, one that is too old stops a release."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, TypeVar, get_args

from server.catalogue import tree
from server.catalogue.crisis.age import LOOK_AGAIN_AFTER, TOO_OLD_AFTER, is_old, is_too_old
from server.catalogue.crisis.schemas import CardFile, CrisisContent, CrisisWords, Kind
from server.catalogue.decode import decode
from server.catalogue.findings import FORMAT_RULES, Finding, broken
from server.catalogue.snapshot import ContentError
from server.catalogue.source import name_of, read_text, shown

SOURCE_LANGUAGE: Final = "en"
# Every language in which clients are spoken to (content brief 8: this card comes first).
LANGUAGES: Final = (SOURCE_LANGUAGE, "es")
T = TypeVar("T", CardFile, CrisisWords)


def load_crisis(folder: Path) -> CrisisContent:
    """Read the cards and words of a content folder, whatever their age.

    Raises:
        ContentError: a file breaks a rule of its format.
    """
    content, findings = read_crisis(folder)
    if findings:
        raise ContentError(findings)
    return content


def crisis_findings(folder: Path, today: date) -> list[Finding]:
    """Say everything that is wrong with the cards, and which are old."""
    content, findings = read_crisis(folder)
    return [*findings, *_ages(content, f"{name_of(folder)}/crisis/countries", today)]


def read_crisis(folder: Path) -> tuple[CrisisContent, list[Finding]]:
    """Read what can be read, and say everything that is wrong (C15)."""
    name = f"{name_of(folder)}/crisis"
    words, cards = {}, {}
    findings: list[Finding] = []
    for language in LANGUAGES:
        place = f"{name}/words/{language}.yaml"
        found = _read(folder / "crisis" / "words" / f"{language}.yaml", place, CrisisWords)
        if isinstance(found, list):
            findings += found
            continue
        words[language] = found
        source = words.get(SOURCE_LANGUAGE, found)
        findings += [broken(place, 1, "C15", detail) for detail in _word_problems(found, source)]
    for file in sorted((folder / "crisis" / "countries").glob("[!.]*")):
        place = f"{name}/countries/{shown(file.name)}"
        card = _read(file, place, CardFile)
        if isinstance(card, list):
            findings += card
            continue
        cards[card.country] = card
        findings += [broken(place, 1, "C15", detail) for detail in _card_problems(card, file)]
    return CrisisContent(cards=cards, words=words), findings


def _read(file: Path, place: str, kind: type[T]) -> T | list[Finding]:
    text = read_text(file, place)
    parsed = text if isinstance(text, Finding) else tree.parse(text, place)
    if isinstance(parsed, Finding):
        return [parsed]
    return decode(parsed, kind, place)


def _card_problems(card: CardFile, file: Path) -> Iterator[str]:
    if file.name != f"{card.country}.yaml":
        yield "the country is not the file's name"
    ids = [entry.id for entry in card.entries]
    if len({*ids}) < len(ids):
        yield "two entries have one id"
    for entry in card.entries:
        if not entry.id.startswith(f"{card.country.lower()}-"):
            yield f"the id `{entry.id}` does not begin with its country: another's helpline has no place here"
        if not entry.call and not entry.text:
            yield f"`{entry.id}` has neither a number to call nor one to write to"
        if entry.note and not entry.note.keys() >= {*LANGUAGES}:
            yield f"the note of `{entry.id}` is missing in a language"


def _word_problems(words: CrisisWords, source: CrisisWords) -> Iterator[str]:
    if words.kinds.keys() != {*get_args(Kind)}:
        yield "`kinds` does not name every kind of entry"
    mine, theirs = ([(g.id, g.call, g.phases, g.tracks, len(g.items)) for g in w.stop.groups] for w in (words, source))
    if mine != theirs:
        yield "the groups of `stop` are not those of English"
    if words.stop.groups[0].call != "emergency" or words.stop.groups[0].phases or words.stop.groups[0].tracks:
        yield "`stop` does not begin with what is an emergency for everybody"


def _ages(content: CrisisContent, name: str, today: date) -> Iterator[Finding]:
    for card in content.cards.values():
        place = f"{name}/{card.country}.yaml"
        if card.documented_on > today:
            yield broken(place, 1, "C16", "the day is still to come")
        elif is_too_old(card, today):
            yield broken(place, 1, "C16", f"it is more than {TOO_OLD_AFTER.days} days ago")
        elif is_old(card, today):
            detail = f"{FORMAT_RULES['C16']}: it is more than {LOOK_AGAIN_AFTER.days} days ago."
            yield Finding(place, 1, "C16", "warning", detail)
