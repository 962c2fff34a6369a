"""A bundle is complete, and its differences add up to it (`docs/bundle.md`)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.bundle_phone import BundlePhone
from support.catalogue import CONTENT
from support.media import exercise
from support.suitability_people import FLAGS, Invented
from support.suitability_phone import decide

from server.catalogue.bundle.answers import RENEWED_AFTER_S, Bundles
from server.catalogue.bundle.schemas import Bundle
from server.catalogue.bundle.service import Contents
from server.catalogue.bundle.version import CHARACTERS, DRAWERS, drawer_of, read
from server.catalogue.crisis.loader import load_crisis
from server.catalogue.crisis.schemas import CrisisContent
from server.catalogue.resolve import resolve
from server.catalogue.schemas import LENGTHS, Exercise, Review
from server.catalogue.snapshot import compile_snapshot, load_snapshot
from server.catalogue.views import AudioFile, ExerciseAudio
from server.web.limits import MAX_QUERY_BYTES

CRISIS = load_crisis(CONTENT)
SHIPPED = load_snapshot(CONTENT)
# Two of them share a drawer.
SLUGS = ("land-now", "small-wave", *[f"practice-{n}" for n in range(8)])
RECALLED = Review(status="recalled", withdrawn_on=date(2026, 12, 1), replaced_by="land-now")


@dataclass
class Heard:
    """What is rendered, by slug."""

    revision: int = 0
    audio: Mapping[str, tuple[ExerciseAudio, ...]] = field(default_factory=dict)

    def ready_audio(self, exercise: Exercise, language: str) -> tuple[ExerciseAudio, ...]:  # noqa: ARG002 - the port
        return self.audio.get(exercise.slug, ())


def sound(sha256: str) -> ExerciseAudio:
    file = AudioFile(
        sha256=sha256,
        url=f"/v1/audio/{sha256}",
        codec="aac",
        media_type="audio/mp4",
        bytes=9,
        lufs=-18,
        true_peak_db=-3,
    )
    return ExerciseAudio(
        length="medium", alt_variants=(), voice="babble", language="en", status="ready", duration_ms=9, files=(file,)
    )


@dataclass(frozen=True)
class State:
    """Content as it may be at one time: versions and languages of exercises, those recalled, sounds, a date."""

    versions: Mapping[str, int]
    spanish: frozenset[str]
    recalled: frozenset[str]
    heard: frozenset[str]
    documented_on: date

    def contents(self, language: str) -> Contents:
        return Contents(compile_snapshot(self._exercises()), self._crisis(), self._sounds(), language)

    def _exercises(self) -> list[Exercise]:
        return [self._exercise(slug, version) for slug, version in self.versions.items()]

    def _exercise(self, slug: str, version: int) -> Exercise:
        one = exercise(slug)
        words = {"en": one.words["en"]}
        if slug in self.spanish:
            words["es"] = replace(one.words["en"], language="es")
        review = RECALLED if slug in self.recalled else one.review
        return replace(one, content_version=version, words=words, review=review)

    def _crisis(self) -> CrisisContent:
        cards = {name: replace(card, documented_on=self.documented_on) for name, card in CRISIS.cards.items()}
        return replace(CRISIS, cards=cards)

    def _sounds(self) -> Heard:
        return Heard(audio={slug: (sound("a" * 64),) for slug in self.heard})


slugs = st.frozensets(st.sampled_from(SLUGS))
states = st.builds(
    State,
    versions=st.dictionaries(st.sampled_from(SLUGS), st.integers(1, 3)),
    spanish=slugs,
    recalled=slugs,
    heard=slugs,
    documented_on=st.sampled_from([date(2026, 11, 22), date(2027, 1, 1)]),
)


def wire(bundle: Bundle) -> dict[str, Any]:
    return dict(json.loads(msgspec.json.encode(bundle)))


def synced(phone: BundlePhone, contents: Contents) -> BundlePhone:
    phone.take(wire(contents.full if phone.version is None else contents.since(phone.version)))
    return phone


@given(st.lists(states, min_size=1, max_size=4), st.sampled_from(["en", "es", "und"]))
def test_applying_the_differences_equals_the_full_bundle(times: list[State], language: str) -> None:
    phone = BundlePhone()
    for state in times:
        contents = state.contents(language)
        synced(phone, contents)
        fresh = synced(BundlePhone(), contents)
        assert phone.held == fresh.held
        assert phone.version == fresh.version


@given(states, states)
def test_a_difference_has_only_what_is_offered_and_nothing_when_nothing_changed(old: State, new: State) -> None:
    before, after = old.contents("en"), new.contents("en")
    difference = after.since(before.full.version)
    assert not difference.full
    assert {each.slug for each in difference.exercises} <= {*difference.offered}
    none = wire(after.since(after.full.version))
    assert (none["exercises"], set(none)) == (
        [],
        {"language", "version", "catalogue", "full", "offered", "exercises"},
    )


@given(states, slugs)
def test_what_is_recalled_is_gone_after_the_next_sync_whatever_else_happens(
    old: State, recalled: frozenset[str]
) -> None:
    phone = synced(BundlePhone(), old.contents("en"))
    synced(
        phone, State(old.versions, old.spanish, old.recalled | recalled, old.heard, old.documented_on).contents("en")
    )
    assert phone.exercises.keys().isdisjoint(recalled)
    graves = {each["exercise"]: each for each in phone.members["tombstones"]}
    assert all(graves[slug]["replaced_by"] == "land-now" for slug in recalled & old.versions.keys())


def test_a_phone_that_forgets_nothing_would_be_noticed() -> None:
    """The control: without `offered` a recalled exercise stays."""
    old = State(dict.fromkeys(SLUGS, 1), frozenset(), frozenset(), frozenset(), date(2026, 11, 22))
    phone = synced(BundlePhone(forgets=False), old.contents("en"))
    synced(
        phone, State(old.versions, old.spanish, frozenset({"small-wave"}), old.heard, old.documented_on).contents("en")
    )
    assert "small-wave" in phone.exercises


@pytest.mark.parametrize("since", ["", "x", "AAAA", "A" * CHARACTERS, "é" * 9, "AQ=="])
def test_what_is_no_version_is_answered_in_full(since: str) -> None:
    contents = Contents(SHIPPED, CRISIS, Heard(), "en")
    assert contents.since(since) is contents.full


def test_the_version_of_another_language_is_answered_in_full() -> None:
    spanish, english = Contents(SHIPPED, CRISIS, Heard(), "es"), Contents(SHIPPED, CRISIS, Heard(), "en")
    assert english.since(spanish.full.version) is english.full
    assert len(english.full.version) == len(spanish.full.version) == CHARACTERS
    assert read(english.full.version) is not None
    assert len("locale=zh-Hant-TW&since=") + CHARACTERS < MAX_QUERY_BYTES


def test_a_bundle_alone_is_enough_to_practise_every_exercise_in_every_form() -> None:
    phone = synced(BundlePhone(), Contents(SHIPPED, CRISIS, Heard(), "en"))
    assert phone.exercises.keys() == SHIPPED.exercises.keys()
    for slug, one in SHIPPED.exercises.items():
        held = phone.exercises[slug]
        assert all(held[name] for name in ("title", "aftercare", "postures", "eyes"))
        scripts = {(each["length"], tuple(each["alt_variants"])): each for each in held["scripts"]}
        names = tuple(one.alt_variants)
        choices = [tuple(name for n, name in enumerate(names) if mask >> n & 1) for mask in range(2 ** len(names))]
        assert set(scripts) == {(length, names) for length in LENGTHS for names in choices}
        for (length, names), script in scripts.items():
            whole = resolve(one, held["language"], length, frozenset(names))
            assert script["steps"] == json.loads(msgspec.json.encode(whole.steps))
            assert script["steps"][-1]["id"] == "return"
            assert all(item.get("say") or item["breaths"] for step in script["steps"] for item in step["items"])
    assert [each["country"] for each in phone.members["crisis"]] == [*sorted(CRISIS.cards), "ZZ"]
    assert phone.members["stop"]["groups"]
    assert set(phone.members["links"]) == {"crisis", "flags", "agenda", "reminders", "changes", "recordings"}


def test_the_rules_speak_the_language_of_the_bundle() -> None:
    tables = [
        synced(BundlePhone(), Contents(SHIPPED, CRISIS, Heard(), language)).members["suitability"]
        for language in ("en", "es")
    ]
    english, spanish = ([rule.pop("client_text", None) for rule in table["rules"]] for table in tables)
    assert tables[0] == tables[1], "only the words differ"
    assert spanish == [text and SHIPPED.rule_texts["es"][text] for text in english]
    assert set(english) != set(spanish)


def test_whatever_the_rules_ask_of_a_phone_it_has_the_words_for() -> None:
    """People at random, decided by the bundle alone: each answer that lets an exercise be practised has its script."""
    phone = synced(BundlePhone(), Contents(SHIPPED, CRISIS, Heard(), "en"))
    table = phone.members["suitability"]
    invented = Invented(7, list(SHIPPED.exercises), [rule["id"] for rule in table["rules"]])
    several = 0
    for _ in range(300):
        answers = decide(table, {*FLAGS}, invented.person(), invented.moment())
        assert answers.keys() == phone.exercises.keys()
        for slug, answer in answers.items():
            if answer["decision"] == "exclude":
                continue
            held = phone.exercises[slug]
            wanted = {*(answer["variant"] or "").split("+")} & {*held["alt_variants"]}
            several += len(wanted) > 1
            found = {each["length"] for each in held["scripts"] if {*each["alt_variants"]} == wanted}
            assert found == {*LENGTHS}, (slug, wanted)
    assert several, "Nobody needed two variants at once: these people prove too little."


def test_land_now_is_in_every_bundle_and_says_in_which_language() -> None:
    phone = synced(BundlePhone(), Contents(SHIPPED, CRISIS, Heard(), "und"))
    assert list(phone.exercises) == ["land-now"]
    assert phone.exercises["land-now"]["language"] == "en"
    assert phone.members["crisis"][0]["language"] == "en"


def test_drawers_spread_the_shipped_exercises() -> None:
    used = {drawer_of(slug) for slug in SHIPPED.exercises}
    assert len(used) > len(SHIPPED.exercises) * 0.8
    assert used <= set(range(DRAWERS))


async def test_new_sound_is_told_when_half_a_minute_is_over() -> None:
    heard, at = Heard(), [0.0]
    bundles = Bundles(SHIPPED, CRISIS, heard, lambda: at[0])
    first = await bundles.read("en", None)
    heard.audio, heard.revision = {"land-now": (sound("b" * 64),)}, 1
    assert await bundles.read("en", None) is first
    at[0] = RENEWED_AFTER_S
    assert await bundles.read("en", None) is not first


async def test_phones_that_hold_the_same_are_answered_the_same_bytes() -> None:
    bundles = Bundles(SHIPPED, CRISIS, Heard())
    since = Contents(SHIPPED, CRISIS, Heard(audio={"land-now": (sound("b" * 64),)}), "en").full.version
    assert await bundles.read("en", since) is await bundles.read("en-GB", since)
    assert await bundles.read("en", "nonsense") is await bundles.read("en", None)
    assert await bundles.read("fr", None) is not await bundles.read("en", None)
