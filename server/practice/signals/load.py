"""Reads the rules of signals strictly: a file that says too little or too much stops the start."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

from server.catalogue import tree
from server.catalogue.decode import decode
from server.catalogue.findings import Finding, broken
from server.catalogue.snapshot import ContentError
from server.catalogue.source import name_of, read_text
from server.practice.signals.conditions import NEEDED
from server.practice.signals.rules import Rule, RuleId, SignalsFile
from server.practice.signals.sentences import named_in

PLACE: Final = "signals/signals.yaml"
LANGUAGES: Final = frozenset(("en", "es"))
# What a therapist's sentence may name besides the rule's thresholds.
SAID: Final = frozenset(("exercise", "time"))


def load_signals(folder: Path) -> SignalsFile:
    """Read the rules of a content folder.

    Raises:
        ContentError: the file breaks a rule of its format.
    """
    found = read_signals(folder)
    if isinstance(found, list):
        raise ContentError(found)
    return found


def signal_findings(folder: Path) -> list[Finding]:
    """Say everything that is wrong with the rules of a content folder."""
    found = read_signals(folder)
    return found if isinstance(found, list) else []


def read_signals(folder: Path) -> SignalsFile | list[Finding]:
    """Read the rules, or say everything that is wrong with them."""
    name = f"{name_of(folder)}/{PLACE}"
    text = read_text(folder / PLACE, name)
    parsed = text if isinstance(text, Finding) else tree.parse(text, name)
    if isinstance(parsed, Finding):
        return [parsed]
    rules = decode(parsed, SignalsFile, name)
    if isinstance(rules, list):
        return rules
    return [broken(name, 1, "C14", detail) for detail in _problems(rules)] or rules


def _problems(rules: SignalsFile) -> Iterator[str]:
    ids = [rule.id for rule in rules.rules]
    if sorted(ids) != sorted(get_args(RuleId)):
        yield "every rule from S1 to S10 stands here once"
    if not rules.standing_text.keys() >= LANGUAGES:
        yield "the standing text is missing in a language"
    for rule in rules.rules:
        yield from (f"{rule.id}: {detail}" for detail in _rule_problems(rule))


def _rule_problems(rule: Rule) -> Iterator[str]:
    if rule.thresholds.keys() != NEEDED[rule.id]:
        yield "its thresholds are not those that its condition asks for"
    for name, each in rule.thresholds.items():
        if not each.least <= each.default <= each.most:
            yield f"`{name}` has a default outside of its bounds"
    if not rule.client.text.keys() >= LANGUAGES:
        yield "the client's text is missing in a language"
    if not named_in(rule.therapist) <= SAID | rule.thresholds.keys():
        yield "the therapist's sentence names what nobody can fill in"
