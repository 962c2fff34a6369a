"""The words of reminders, read strictly: what none may say stops the start (content brief 7.2.9, 7.3)."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, Struct

from server.catalogue import tree
from server.catalogue.decode import decode
from server.catalogue.findings import Finding, broken
from server.catalogue.lexicon import compile_pattern
from server.catalogue.schemas import Key, Review
from server.catalogue.snapshot import ContentError
from server.catalogue.source import name_of, read_text

SOURCE_LANGUAGE: Final = "en"
LANGUAGES: Final = (SOURCE_LANGUAGE, "es")
LONGEST: Final = 60
# No figure of any kind, no shouting, and nothing that could be filled in with a name.
FORBIDDEN_CHARACTERS: Final = re.compile(r"[\d!\u00a1{}%@#]")
Words = Annotated[str, Meta(min_length=1, max_length=200)]


class Never(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What no reminder says; every `bad` line proves the pattern."""

    pattern: Words
    bad: Annotated[tuple[str, ...], Meta(min_length=1)]


class RemindersFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/reminders/<language>.yaml`."""

    review: Review
    lock_screen: Key
    texts: Annotated[Mapping[Key, Words], Meta(min_length=1)]
    never: tuple[Never, ...]


class ReminderTexts(Struct, frozen=True, kw_only=True):
    """The words of all languages."""

    languages: Mapping[str, RemindersFile]

    def of(self, locale: str) -> RemindersFile:
        """Return the words for a locale, or English."""
        return self.languages.get(locale.partition("-")[0], self.languages[SOURCE_LANGUAGE])


def load_reminders(folder: Path) -> ReminderTexts:
    """Read the words of a content folder.

    Raises:
        ContentError: a language is missing, or a text says what no reminder says.
    """
    texts, findings = read_reminders(folder)
    if findings:
        raise ContentError(findings)
    return texts


def read_reminders(folder: Path) -> tuple[ReminderTexts, list[Finding]]:
    """Read the words that can be read, and say everything that is wrong."""
    findings: list[Finding] = []
    languages: dict[str, RemindersFile] = {}
    for language in LANGUAGES:
        place = f"reminders/{language}.yaml"
        name = f"{name_of(folder)}/{place}"
        text = read_text(folder / place, name)
        parsed = text if isinstance(text, Finding) else tree.parse(text, name)
        found = [parsed] if isinstance(parsed, Finding) else decode(parsed, RemindersFile, name)
        if isinstance(found, list):
            findings += found
            continue
        languages[language] = found
        findings += [
            broken(name, 1, "C14", detail) for detail in problems(found, languages.get(SOURCE_LANGUAGE, found))
        ]
    return ReminderTexts(languages=languages), findings


def problems(words: RemindersFile, source: RemindersFile) -> Iterator[str]:
    """Yield what is wrong with the words of a language."""
    if words.texts.keys() != source.texts.keys():
        yield "the texts are not those of English"
    if words.lock_screen not in words.texts:
        yield "the text of the lock screen is missing"
    patterns = []
    for never in words.never:
        try:
            patterns.append(compile_pattern(never.pattern))
        except re.error:
            yield "a pattern is no regular expression"
            continue
        if not all(patterns[-1].search(line) for line in never.bad):
            yield "a pattern does not find all its bad lines"
    for key, text in words.texts.items():
        if len(text) > LONGEST:
            yield f"`{key}` is longer than {LONGEST} characters"
        if FORBIDDEN_CHARACTERS.search(text) or any(pattern.search(text) for pattern in patterns):
            yield f"`{key}` says what no reminder says"
