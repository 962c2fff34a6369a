"""Starter sets: a plan of the catalogue, read as it is there or taken over into the clinic's own (decision 0024)."""

import msgspec

from server.accounts.work import Work
from server.care import sets
from server.care.schemas import NewPracticeSet, PracticeSet
from server.care.starter.schemas import AdoptStarterSet, StarterItem, StarterSet, StarterSets
from server.catalogue import starter
from server.catalogue.snapshot import Snapshot, language_of
from server.kit.errors import FieldError, Invalid, NotFound


def list_starter_sets(catalogue: Snapshot, locale: str) -> StarterSets:
    """Return the starter sets that have words for a locale, by slug."""
    chosen = [(one, language_of(one.words, locale)) for one in catalogue.starter_sets.values()]
    items = tuple(told(one, language) for one, language in chosen if language is not None)
    return StarterSets(version=catalogue.version, items=items)


def choose(catalogue: Snapshot, slug: str, locale: str) -> tuple[starter.StarterSet, str]:
    """Return a starter set and the language in which a locale reads it.

    Raises:
        NotFound: there is none of this slug, or it has no words in that language.
    """
    found = catalogue.starter_sets.get(slug)
    if found is None:
        raise NotFound("The catalogue has no such starter set.")
    language = language_of(found.words, locale)
    if language is None:
        raise NotFound("This starter set has no words in that language.", code="language_not_found")
    return found, language


async def adopt(work: Work, data: AdoptStarterSet, catalogue: Snapshot) -> PracticeSet:
    """Make a practice set of the clinic out of a starter set; from then on they have nothing to do with each other.

    Raises:
        Invalid: there is no such starter set, or none in that language.
    """
    try:
        found, language = choose(catalogue, data.starter, data.locale)
    except NotFound as problem:
        unknown = "unknown_starter_set" if problem.code == "not_found" else problem.code
        pointer = "/starter" if problem.code == "not_found" else "/locale"
        error = FieldError(pointer=pointer, code=unknown, detail=problem.detail)
        raise Invalid("There is no such starter set to take over.", errors=[error]) from problem
    return await sets.add_set(work, as_practice_set(found, language), catalogue)


def as_practice_set(found: starter.StarterSet, language: str) -> NewPracticeSet:
    """Return what somebody would send to make the same practice set by hand."""
    plan = {"title": found.words[language].title, "items": msgspec.to_builtins(found.items)}
    return msgspec.convert(plan, NewPracticeSet)


def told(found: starter.StarterSet, language: str) -> StarterSet:
    """Return what the API says of a starter set in one of its languages."""
    words = found.words[language]
    reviewed = {found.review.status, words.review.status} == {"approved"}
    return StarterSet(
        slug=found.slug,
        language=language,
        title=words.title,
        description=words.description,
        track=found.track,
        phase=found.phase,
        evidence=found.evidence,
        review_status="approved" if reviewed else "draft",
        items=msgspec.convert(msgspec.to_builtins(found.items), tuple[StarterItem, ...]),
    )
