"""L29 to L33: sources, claims, review, borrowed wording and missing variants (content brief 4.2)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec import UNSET

from server.catalogue.lexicon import Lexicon
from server.catalogue.lint.item import Item
from server.catalogue.lint.registry import Problem, catalogue_rule, item_rule
from server.catalogue.lint.text import sentences_in, words_in
from server.catalogue.reference import SuitabilityRule
from server.catalogue.schemas import Line, Overlay, Review
from server.catalogue.suitability.conditions import applies
from server.catalogue.yardstick import PatternName

CLAIM_WORDS_APART = 6
LONGEST_REVIEW = timedelta(days=366)
RUN = 8
STOCK: tuple[PatternName, ...] = ("stop", "eyes", "help", "move", "skip", "same", "length_said")


@item_rule("L29")
def sources(item: Item) -> Iterator[Problem]:
    """Name at least one known source; grades A and B need one that was read, or seen by its title."""
    exercise, known = item.exercise, item.reference.sources
    if not exercise.evidence:
        yield Problem(("evidence",), "there is none")
    for index, key in enumerate(exercise.evidence):
        if key not in known:
            yield Problem(("evidence", index), f"`{key}` is unknown")
    statuses = {known[key].status for key in exercise.evidence if key in known}
    if exercise.evidence_grade in ("A", "B") and not statuses & {"read", "title_only"}:
        yield Problem(("evidence_grade",), "no source was read")


@item_rule("L30")
def claims(item: Item) -> Iterator[Problem]:
    """Claim no effect on a diagnosis in the texts beside the script."""
    for name, text in item.front_texts():
        for _ in range(claims_in(text, item.lexicon)):
            yield Problem(1, f"`{name}` claims one")


def claims_in(text: str, lexicon: Lexicon) -> int:
    """Count the verbs of a text that claim an effect on a diagnosis within six words, before or after."""
    words = words_in(text)
    verbs = [place for place, word in enumerate(words) if lexicon.has("claim_verb", word)]
    after = [" ".join(words[place : place + CLAIM_WORDS_APART + 2]) for place in verbs]
    before = [" ".join(words[max(0, place - CLAIM_WORDS_APART - 1) : place + 1]) for place in verbs]
    return sum(lexicon.has("diagnosis", near) for near in [*after, *before])


@item_rule("L31")
def review(item: Item) -> Iterator[Problem]:
    """Give an approved text its author, somebody else as reviewer, their role, the day, the next within 12 months."""
    yield from (Problem(("review",), detail) for detail in review_problems(item.exercise.review))
    yield from (Problem(1, detail) for detail in review_problems(item.words.front.review))


def review_problems(state: Review) -> Iterator[str]:
    """Yield what is missing of a review that is said to have begun, or to have taken place."""
    if state.status in {"clinical_review", "approved"} and state.author is UNSET:
        yield "the author is missing"
    if state.status != "approved":
        return
    if state.reviewer is UNSET:
        yield "the reviewer is missing"
    elif state.reviewer == state.author:
        yield "nobody reviews what they have written"
    if state.reviewer_role is UNSET or state.reviewed_on is UNSET:
        yield "the reviewer's role or the day is missing"
    if state.review_due is UNSET:
        yield "the next review is missing"
    elif state.reviewed_on is not UNSET and state.review_due - state.reviewed_on > LONGEST_REVIEW:
        yield "the next review is more than 12 months away"


@catalogue_rule("L32")
def own_wording(items: Sequence[Item]) -> Iterator[tuple[Item, Problem]]:
    """Share no run of eight words with another script, stock lines apart."""
    first: dict[tuple[str, str], Item] = {}
    for item in items:
        reported: set[int] = set()
        for source_line, run in _runs(item):
            other = first.setdefault((item.words.language, run), item)
            if other.exercise.slug != item.exercise.slug and source_line not in reported:
                reported.add(source_line)
                yield item, Problem(source_line, f"`{run}` is in {other.exercise.slug} too", "warning")


def _runs(item: Item) -> Iterator[tuple[int, str]]:
    for source_line, line in _all_lines(item):
        own = [sentence for sentence in sentences_in(line.say) if not any(item.lexicon.has(n, sentence) for n in STOCK)]
        words = [word.lower() for sentence in own for word in words_in(sentence)]
        for start in range(len(words) - RUN + 1):
            yield source_line, " ".join(words[start : start + RUN])


def _all_lines(item: Item) -> Iterator[tuple[int, Line]]:
    for section in item.words.sections.values():
        for phrase in section.items:
            if isinstance(phrase, Overlay):
                continue
            yield phrase.source_line, phrase.line
            yield from ((other.source_line, other.line) for other in phrase.instead if other.line)


@item_rule("L33")
def needed_variants(item: Item) -> Iterator[Problem]:
    """Have every variant that a suitability rule can ask of this exercise, even if it changes nothing: `name: {}`."""
    silence = max(line.pause_s for _, line in _all_lines(item))
    rules = [rule for rule in item.reference.rules.rules if _hits(rule, item, silence)]
    never_offered = {rule.flag for rule in rules if rule.action == "exclude"}
    settings = item.reference.glossary.player_settings
    for rule in rules:
        if rule.action != "adapt" or rule.variant is UNSET or rule.flag in never_offered or rule.variant in settings:
            continue
        if rule.variant not in item.exercise.alt_variants:
            yield Problem(("alt_variants",), f"{rule.id} can ask for `{rule.variant}`")


def _hits(rule: SuitabilityRule, item: Item, silence: float) -> bool:
    exercise, variants = item.exercise, item.exercise.variants
    return applies(
        rule.when,
        exercise,
        seconds=max(variants.short.seconds, variants.medium.seconds, variants.long.seconds),
        silence=silence,
    )
