"""Reads the reference data of the content folder, and checks that they agree with each other."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

from msgspec import UNSET, UnsetType

from server.catalogue import tree, vocabulary
from server.catalogue.decode import decode
from server.catalogue.findings import Finding, broken
from server.catalogue.lexicon import Lexicon, lexicon_of
from server.catalogue.proofs import forbidden_problems, word_list_problems
from server.catalogue.reference import Glossary, RuleTexts, Source, Sources, SuitabilityRules
from server.catalogue.source import name_of, read_text
from server.catalogue.vocabulary import ProfileName
from server.catalogue.yardstick import (
    ForbiddenPatterns,
    LintWords,
    Profile,
    Profiles,
)

RULES = "rules/suitability.yaml"
T = TypeVar("T")

_LISTS: Mapping[str, Any] = {
    "techniques": vocabulary.Technique,
    "methods": vocabulary.Method,
    "tracks": vocabulary.Track,
    "phases": vocabulary.Phase,
    "postures": vocabulary.Posture,
    "anchors": vocabulary.Anchor,
    "arousal": vocabulary.Arousal,
    "attention": vocabulary.Attention,
    "actions": vocabulary.Action,
    "properties": vocabulary.Property,
    "flags": vocabulary.Flag,
    "alt_variants": vocabulary.AltVariant,
    "player_settings": vocabulary.PlayerSetting,
}


class Reference(NamedTuple):
    """Everything beside the exercises that the lint needs."""

    glossary: Glossary
    rules: SuitabilityRules
    sources: Mapping[str, Source]
    profiles: Mapping[ProfileName, Profile]
    lexicons: Mapping[str, Lexicon]


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = name_of(folder)
        self.findings: list[Finding] = []

    def read(self, place: str, kind: type[T]) -> T | None:
        name = f"{self.name}/{place}"
        text = read_text(self.folder / place, name)
        parsed = text if isinstance(text, Finding) else tree.parse(text, name)
        if isinstance(parsed, Finding):
            self.findings.append(parsed)
            return None
        found = decode(parsed, kind, name)
        if isinstance(found, list):
            self.findings += found
            return None
        return found

    def report(self, place: str, details: Iterator[str]) -> None:
        name = f"{self.name}/{place}"
        self.findings += [broken(name, 1, "C12", detail) for detail in details]


def load_reference(folder: Path) -> tuple[Reference | None, list[Finding]]:
    """Read the glossary, rules, sources and lint data; without any one of them there is no reference."""
    reader = _Reader(folder)
    glossary = reader.read("glossary.yaml", Glossary)
    rules = reader.read(RULES, SuitabilityRules)
    sources = reader.read("evidence/sources.yaml", Sources)
    profiles = reader.read("lint/profiles.yaml", Profiles)
    lexicons = _lexicons(reader)
    if glossary and rules and sources and profiles:
        reader.report("glossary.yaml", _glossary_problems(glossary))
        reader.report(RULES, _rule_problems(rules, sources, glossary))
        for language, texts in _rule_texts(reader).items():
            reader.report(f"rules/{language}.yaml", _text_problems(rules, texts))
        reader.report("lint/profiles.yaml", _missing("profile", get_args(ProfileName), profiles.profiles))
    if reader.findings or not (glossary and rules and sources and profiles):
        return None, reader.findings
    return Reference(glossary, rules, sources.sources, profiles.profiles, lexicons), []


class LoadedRules(NamedTuple):
    """The suitability rules, and what they say in other languages than English: by language, by the English words."""

    rules: SuitabilityRules
    texts: Mapping[str, Mapping[str, str]]


def load_rules(folder: Path) -> tuple[LoadedRules | None, list[Finding]]:
    """Read the suitability rules alone."""
    reader = _Reader(folder)
    rules = reader.read(RULES, SuitabilityRules)
    return LoadedRules(rules, _rule_texts(reader)) if rules else None, reader.findings


def _rule_texts(reader: _Reader) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted((reader.folder / RULES).parent.glob("*.yaml")):
        place = f"rules/{file.name}"
        texts = reader.read(place, RuleTexts) if place != RULES else None
        if texts:
            found[file.stem] = texts.texts
    return found


def _text_problems(rules: SuitabilityRules, texts: Mapping[str, str]) -> Iterator[str]:
    said = {rule.client_text for rule in rules.rules if not isinstance(rule.client_text, UnsetType)}
    for text in sorted(said - texts.keys()):
        yield f"`{text}` is not translated"
    for text in sorted(texts.keys() - said):
        yield f"no rule says `{text}`"


def _lexicons(reader: _Reader) -> dict[str, Lexicon]:
    lexicons: dict[str, Lexicon] = {}
    for file in sorted((reader.folder / "lint").glob("words.*.yaml")):
        language = file.name.split(".")[1]
        words = reader.read(f"lint/{file.name}", LintWords)
        forbidden = reader.read(f"lint/forbidden.{language}.yaml", ForbiddenPatterns)
        if words is None or forbidden is None:
            continue
        before = len(reader.findings)
        reader.report(f"lint/{file.name}", word_list_problems(words))
        reader.report(f"lint/forbidden.{language}.yaml", forbidden_problems(forbidden))
        if len(reader.findings) == before:
            lexicons[language] = lexicon_of(words, forbidden)
    return lexicons


def _missing(kind: str, wanted: tuple[str, ...], present: Mapping[Any, object]) -> Iterator[str]:
    for word in sorted(set(wanted) - present.keys()):
        yield f"the {kind} `{word}` is missing"
    for word in sorted(present.keys() - set(wanted)):
        yield f"the server knows no {kind} `{word}`"


def _glossary_problems(glossary: Glossary) -> Iterator[str]:
    for name, words in _LISTS.items():
        yield from _missing(f"word in {name}", get_args(words), getattr(glossary, name))


def _rule_problems(rules: SuitabilityRules, sources: Sources, glossary: Glossary) -> Iterator[str]:
    known = {*glossary.alt_variants, *glossary.player_settings}
    seen: set[str] = set()
    for rule in rules.rules:
        if rule.id in seen:
            yield f"{rule.id} stands here a second time"
        seen.add(rule.id)
        yield from (
            f"{rule.id} names the unknown source `{key}`" for key in rule.evidence if key not in sources.sources
        )
        if (rule.action == "adapt") != (rule.variant is not UNSET):
            yield f"{rule.id}: a variant belongs to `adapt`, and to it alone"
        if rule.variant is not UNSET and rule.variant not in known:
            yield f"{rule.id} names the unknown variant `{rule.variant}`"
        if (rule.action == "restrict") != (rule.leaves is not UNSET):
            yield f"{rule.id}: `leaves` belongs to `restrict`, and to it alone"
        if (rule.when.property is UNSET) == (rule.when.field is UNSET):
            yield f"{rule.id}: `when` has a property or a field, not both"
