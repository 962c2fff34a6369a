"""What a check has to say: one file, one line, one rule's sentence."""

from collections.abc import Iterable
from typing import NamedTuple

from server.catalogue.vocabulary import Severity

FORMAT_RULES = {
    "C01": "A content file is readable UTF-8 text with LF line ends, and without tabs or control characters",
    "C02": "YAML is plain: no duplicate keys, anchors, aliases, tags or several documents, at most 12 levels deep",
    "C03": "Every field is known, present and of its type",
    "C04": "A words file is front matter, then one `##` section per step, of lines that end in their pause `[N s]`",
    "C05": "An exercise is a folder named like its slug, with exercise.yaml, en.md and other languages only",
    "C06": "Steps are unique and all in use, and every length ends with the step `return` in every alt variant",
    "C07": "Every step has its words, and every section its step",
    "C08": "A replacement names a length, or an alt variant that exercise.yaml declares",
    "C09": "A paced step has a numbered list with one entry per breath, and no other step has one",
    "C10": "dose_window stands if and only if phases has dosing_day",
    "C11": "Lists name each value once",
    "C12": "The reference data agree with each other and with the vocabulary of the server",
    "C13": "A starter set is a file named like its slug, with English words, known exercises and windows in order",
    "C14": "Signals and reminders are whole, and say nothing that phones never say by themselves",
    "C15": "A crisis card is a file named like its country, with entries of its own and words in every language",
    "C16": "The numbers of a crisis card were documented within 365 days, and are looked at again after 180",
    "C17": "What is recalled says since when, and what replaces it is offered",
    "C18": "Swaps and tracks name exercises that are there, once, and labels name all of the vocabulary",
}
"""The rules of the format itself; the lint's rules L01 to L47 stand in `server.catalogue.lint.registry`."""


class Finding(NamedTuple):
    """A problem in the content; `error` fails the check, `warning` does not."""

    path: str
    line: int
    rule: str
    severity: Severity
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule} {self.severity} {self.sentence}"


def broken(path: str, line: int, rule: str, detail: str) -> Finding:
    """Report that a file breaks a rule of the format; `detail` says what exactly, without a full stop."""
    return Finding(path, line, rule, "error", f"{FORMAT_RULES[rule]}: {detail}.")


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Keep the findings that fail the check."""
    return [finding for finding in findings if finding.severity == "error"]
