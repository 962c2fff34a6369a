"""A content folder to break: the repository's reference data, and copies of the two model scripts."""

import shutil
from pathlib import Path

from server.catalogue.findings import Finding
from server.catalogue.lint import check_content
from server.catalogue.lint.cues import SpokenSeconds, nobody
from server.catalogue.lint.item import Item
from server.catalogue.lint.take import Take
from server.catalogue.loader import load_exercises
from server.catalogue.reference_loader import Reference, load_reference
from server.catalogue.schemas import LENGTHS, Exercise
from server.catalogue.starter import StarterSet
from server.catalogue.starter_loader import load_starter_sets
from server.catalogue.vocabulary import AltVariant, Length

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "content"
MODELS = ROOT / "tests" / "content" / "fixtures" / "exercises"
WAVE, ROOM = "soft-wave-breath", "here-in-this-room"
SETS = ROOT / "tests" / "content" / "fixtures" / "sets"


class Folder:
    """A content folder of a test's own."""

    def __init__(self, place: Path, *slugs: str) -> None:
        self.path = place / "content"
        left_out = ("exercises", "sets", "swaps.yaml", "tracks.yaml")
        shutil.copytree(CONTENT, self.path, ignore=shutil.ignore_patterns(*left_out))
        for slug in slugs or (ROOM, WAVE):
            shutil.copytree(MODELS / slug, self.path / "exercises" / slug)

    def with_sets(self) -> "Folder":
        """Add the model set, and the shipped exercises that it names."""
        shutil.copytree(SETS, self.path / "sets")
        for slug in ("soft-landing", "land-now"):
            shutil.copytree(CONTENT / "exercises" / slug, self.path / "exercises" / slug)
        return self

    def with_landing(self) -> "Folder":
        """Add land-now in a few seconds: what its narrator has said, alike in every length, in one rendition."""
        place = self.path / "exercises" / "land-now"
        shutil.copytree(CONTENT / "exercises" / "land-now", place, ignore=shutil.ignore_patterns("es.md"))
        plan = (place / "exercise.yaml").read_text("utf-8")
        length = "{seconds: 15, steps: [arrive, return]}"
        lengths = "".join(f"  {name}: {length}\n" for name in LENGTHS)
        steps = "".join(f"  - {{id: {step}, ext_cue: true}}\n" for step in ("arrive", "return"))
        (place / "exercise.yaml").write_text(
            f"{plan.partition('steps:')[0]}steps:\n{steps}variants:\n{lengths}", "utf-8"
        )
        head = (place / "en.md").read_text("utf-8").partition("\n## ")[0]
        said = "## arrive: Arrive\n\nHello. Look up. [2 s]\n\n## return: Return\n\nNo hurry. Thank you. [1 s]\n"
        (place / "en.md").write_text(f"{head}\n{said}", "utf-8")
        return self

    def file(self, name: str) -> Path:
        return self.path / name

    def replace(self, name: str, old: str, new: str) -> int:
        """Replace words in a file, and return the line they stand in."""
        text = self.file(name).read_text("utf-8")
        assert old in text, f"{name} has no {old!r}"
        self.file(name).write_text(text.replace(old, new), "utf-8")
        return text[: text.index(old)].count("\n") + 1

    def check(self, spoken_seconds: SpokenSeconds = nobody) -> list[Finding]:
        return check_content(self.path, lambda _language: spoken_seconds).findings

    def rules(self) -> set[str]:
        return {finding.rule for finding in self.check()}


def exercises_of(folder: Path) -> list[Exercise]:
    loaded, findings = load_exercises(folder)
    assert not findings
    return [one.exercise for one in loaded]


def reference_of(folder: Path) -> Reference:
    reference, findings = load_reference(folder)
    assert not findings
    assert reference is not None
    return reference


def take_of(folder: Path, slug: str, length: Length, *alts: AltVariant) -> Take:
    loaded, _ = load_exercises(folder)
    one = next(each for each in loaded if each.exercise.slug == slug)
    reference = reference_of(folder)
    item = Item(
        loaded=one,
        words=one.exercise.words["en"],
        reference=reference,
        lexicon=reference.lexicons["en"],
        spoken_seconds=nobody,
    )
    return Take(item, length, alts)


def starters_of(folder: Path) -> list[StarterSet]:
    loaded, findings = load_starter_sets(folder)
    assert not findings
    return [one.starter for one in loaded]
