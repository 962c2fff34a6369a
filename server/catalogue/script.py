"""The words file of one language: front matter, then a section per step with its lines, pauses and replacements."""

import re
from collections.abc import Iterator

from server.catalogue import tree
from server.catalogue.decode import decode
from server.catalogue.findings import Finding, broken
from server.catalogue.schemas import FrontMatter, Instead, Line, Overlay, Phrase, Section, Words

_HEADING = re.compile(r"## ([a-z0-9]+(?:-[a-z0-9]+)*): (\S.{0,59})\Z")
_PAUSED = re.compile(r"(?P<say>.*\S) \[(?P<pause>\d{1,3}(?:\.\d{1,2})?) s\]\Z")
_INSTEAD = re.compile(r"> ?(?P<name>[a-z_]+): (?P<words>\S.*)\Z")
_BREATH = re.compile(r"(?P<number>\d{1,2})\. (?P<words>\S.*)\Z")
_MARKUP = re.compile(r"[\[\]*_`#<>{}|\\]|\(tone\)|https?:|\((?:left out)\)")
_TONE = "(tone)"
_LEFT_OUT = "(left out)"


class _Reader:
    """Reads the body of a words file line by line, and collects what is wrong with it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.sections: dict[str, Section] = {}

    def report(self, line: int, rule: str, detail: str) -> None:
        self.findings.append(broken(self.name, line, rule, detail))

    def body(self, lines: list[tuple[int, str]]) -> None:
        """Split the body at its headings and read each section."""
        heading: tuple[int, str] | None = None
        block: list[tuple[int, str]] = []
        for number, text in [*lines, (0, "## ")]:
            if not text.startswith("#"):
                block.append((number, text))
                continue
            self._section(heading, block)
            heading, block = (number, text), []

    def _section(self, heading: tuple[int, str] | None, block: list[tuple[int, str]]) -> None:
        if heading is None:
            for number, text in block:
                if text:
                    self.report(number, "C04", "words stand here before the first section")
            return
        number, text = heading
        match = _HEADING.match(text)
        if match is None:
            self.report(number, "C04", "a heading reads `## step-id: Label`")
            return
        if match[1] in self.sections:
            self.report(number, "C04", f"the section `{match[1]}` stands here a second time")
        items = tuple(item for group in _paragraphs(block) if (item := self._item(group)))
        if not items:
            self.report(number, "C04", f"the section `{match[1]}` is empty")
        self.sections[match[1]] = Section(source_line=number, id=match[1], label=match[2], items=items)

    def _item(self, group: list[tuple[int, str]]) -> Phrase | Overlay | None:
        if group[0][1].startswith(">"):
            self.report(group[0][0], "C04", "a replacement stands directly under the line that it replaces")
            return None
        return self._overlay(group) if _BREATH.match(group[0][1]) else self._phrase(group)

    def _overlay(self, group: list[tuple[int, str]]) -> Overlay:
        words = []
        for position, (number, text) in enumerate(group, start=1):
            match = _BREATH.match(text)
            if match is None or int(match["number"]) != position:
                self.report(number, "C04", f"breath {position} of the numbered list belongs here, in one line")
                continue
            spoken = match["words"].removesuffix(_TONE).strip()
            if _MARKUP.search(spoken):
                self.report(number, "C04", "the words over a breath are plain, `(tone)` stands at the end")
            words.append(spoken)
        return Overlay(words=tuple(words), source_lines=tuple(number for number, _ in group))

    def _phrase(self, group: list[tuple[int, str]]) -> Phrase | None:
        quoted = next((i for i, (_, text) in enumerate(group) if text.startswith(">")), len(group))
        line = self._line(group[0][0], " ".join(text for _, text in group[:quoted]))
        instead = tuple(found for entry in _entries(group[quoted:]) if (found := self._instead(entry)))
        return Phrase(source_line=group[0][0], line=line, instead=instead) if line else None

    def _instead(self, entry: tuple[int, str]) -> Instead | None:
        number, text = entry
        match = _INSTEAD.match(text)
        if match is None:
            self.report(number, "C04", "a replacement reads `> name: words [N s]` or `> name: (left out)`")
            return None
        if match["words"] == _LEFT_OUT:
            return Instead(source_line=number, name=match["name"], line=None)
        line = self._line(number, match["words"])
        return Instead(source_line=number, name=match["name"], line=line) if line else None

    def _line(self, number: int, text: str) -> Line | None:
        match = _PAUSED.match(" ".join(text.split()))
        if match is None:
            self.report(number, "C04", "a line ends in its pause, like `[2 s]`")
            return None
        if _MARKUP.search(match["say"]):
            self.report(number, "C04", "spoken words are plain text, with one pause at the end")
            return None
        return Line(say=match["say"], pause_s=float(match["pause"]))


def _paragraphs(block: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    group: list[tuple[int, str]] = []
    for number, text in block:
        if text:
            group.append((number, text))
        elif group:
            yield group
            group = []
    if group:
        yield group


def _entries(quoted: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Join the wrapped lines of each replacement: a new one starts with its name."""
    entries: list[tuple[int, str]] = []
    for number, text in quoted:
        whole = bool(entries) and entries[-1][1].endswith(("s]", _LEFT_OUT))
        if entries and not whole and not _INSTEAD.match(text):
            entries[-1] = (entries[-1][0], f"{entries[-1][1]} {text.removeprefix('>').strip()}")
        else:
            entries.append((number, text))
    return entries


def parse_words(text: str, language: str, name: str) -> tuple[Words | None, list[Finding]]:
    """Read a words file; without front matter there are no words, everything else is reported in full.

    Args:
        text: the file, as `source.read_text` accepts it.
        language: its language tag, which is the file's name.
        name: what findings call it.
    """
    lines = [(number, raw.rstrip(" ")) for number, raw in enumerate(text.split("\n"), start=1)]
    fences = [index for index, (_, raw) in enumerate(lines) if raw == "---"]
    if len(fences) < 2 or fences[0] != 0:  # noqa: PLR2004 - one fence opens the front matter, one closes it
        return None, [broken(name, 1, "C04", "front matter between two lines `---` is missing")]
    head = tree.parse("\n".join(raw for _, raw in lines[1 : fences[1]]), name, first_line=2)
    front = [head] if isinstance(head, Finding) else decode(head, FrontMatter, name)
    reader = _Reader(name)
    reader.body(lines[fences[1] + 1 :])
    if isinstance(front, list):
        return None, [*front, *reader.findings]
    return Words(language=language, front=front, sections=reader.sections), reader.findings
