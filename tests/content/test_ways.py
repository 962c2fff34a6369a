"""Swaps, tracks and labels: each rule broken once on purpose, and the shipped ones as they are."""

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.catalogue import CONTENT, exercises_of, reference_of

from server.catalogue.lint.journey import Journey
from server.catalogue.lint.registry import SENTENCES, WAY_RULES
from server.catalogue.ways import StagePlan, Swap, Ways
from server.catalogue.ways_loader import load_ways

EXERCISES = {one.slug: one for one in exercises_of(CONTENT)}
REFERENCE = reference_of(CONTENT)
SHIPPED = load_ways(CONTENT)[0].ways


def problems(ways: Ways) -> set[tuple[str, str]]:
    journey = Journey(ways=ways, exercises=EXERCISES, reference=REFERENCE)
    return {(number, problem.detail) for number, rule in WAY_RULES.items() for _, problem in rule(journey)}


def with_swap(source: str, target: str, reason: str) -> Ways:
    swap = Swap(source=source, target=target, reason=reason)  # type: ignore[arg-type]  # one of the two
    return replace(SHIPPED, swaps=(*SHIPPED.swaps, swap))


def with_stage(*slugs: str) -> Ways:
    first, *rest = SHIPPED.tracks
    stage = StagePlan(phase="preparation", exercises=slugs)
    return replace(SHIPPED, tracks=(replace(first, stages=(stage, *first.stages)), *rest))


def test_the_shipped_ways_break_no_rule() -> None:
    assert problems(SHIPPED) == set()
    assert all(SENTENCES[number] for number in WAY_RULES)


@pytest.mark.parametrize(
    "ways, rule, says",
    [
        (with_swap("land-now", "wake-up-walk", "instead_of"), "L43", "is kept from more people"),
        (with_swap("land-now", "crossed-arm-taps", "instead_of"), "L43", "is not for everybody"),
        (
            with_swap("resting-outline", "five-senses-your-way", "instead_of"),
            "L43",
            "not on the list of the session day",
        ),
        (with_swap("now-is-different", "words-on-a-sign", "gentler_than"), "L44", "asks for more than"),
        (with_swap("land-now", "slow-look-around", "gentler_than"), "L44", "leads back to"),
        (
            replace(SHIPPED, swaps=tuple(swap for swap in SHIPPED.swaps if swap.source != "wake-up-walk")),
            "L45",
            "nothing is gentler than `wake-up-walk`",
        ),
        (with_stage("land-now"), "L46", "`land-now` is not meant for it"),
        (with_stage("soft-wave-breath", "queasy-day-anchor"), "L46", "is easier than what stands before it"),
        (
            replace(SHIPPED, tracks=tuple(replace(each, stages=each.stages[:1]) for each in SHIPPED.tracks)),
            "L47",
            "has no place",
        ),
    ],
)
def test_a_broken_rule_is_found(ways: Ways, rule: str, says: str) -> None:
    assert [detail for number, detail in problems(ways) if number == rule and says in detail], problems(ways)


@pytest.mark.parametrize(
    "file, old, new, says",
    [
        ("swaps.yaml", "to: hand-in-hand", "to: walk-on-water", "there is no exercise `walk-on-water`"),
        ("swaps.yaml", "to: hand-in-hand", "to: side-lying-contact-scan", "more than once, or to itself"),
        ("tracks.yaml", "- queasy-day-anchor", "- appointment-anchor", "stands here a second time"),
        ("tracks.yaml", "- queasy-day-anchor", "- walk-on-water", "there is no exercise `walk-on-water`"),
        ("tracks.yaml", "- track: trauma", "- track: perinatal", "stands here a second time"),
        ("tracks.yaml", "      en: {title: Low mood", "      fr: {title: Low mood", "there are no words in `en`"),
        ("tracks.yaml", "  distress:\n", "  preparation_:\n", "preparation_"),
        ("labels/es.yaml", "  hum: Tararear\n", "", "the label of `hum` is missing"),
    ],
)
def test_what_is_not_whole_stops_the_start(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    folder = tmp_path / "content"
    shutil.copytree(CONTENT, folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    findings = load_ways(folder)[1]
    assert [finding for finding in findings if says in finding.sentence], findings


def test_every_exercise_has_a_way_out_that_ends_at_land_now() -> None:
    onward = {swap.source: swap.target for swap in reversed(SHIPPED.swaps) if swap.reason == "gentler_than"}
    for slug in EXERCISES:
        at = slug
        while at in onward:
            at = onward[at]
        assert at == "land-now"


def test_tracks_have_words_in_english_and_spanish_and_none_claims_a_review() -> None:
    every = [*SHIPPED.stages.values(), *(plan.words for plan in SHIPPED.tracks)]
    assert {frozenset(words) for words in every} == {frozenset({"en", "es"})}
    assert {one.review.status for words in every for one in words.values()} == {"draft"}
    assert {plan.track for plan in SHIPPED.tracks} == {track for one in EXERCISES.values() for track in one.tracks}
