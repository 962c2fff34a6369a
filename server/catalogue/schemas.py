"""What a catalogue item is: the fields of `exercise.yaml`, the words of one language, and the script they make."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from server.catalogue.vocabulary import (
    AltVariant,
    Anchor,
    Arousal,
    Attention,
    DoseWindow,
    Eyes,
    Grade,
    Length,
    Method,
    Phase,
    Posture,
    ProfileName,
    Property,
    ReviewStatus,
    Technique,
    Track,
)

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=60)]
Key = Annotated[str, Meta(pattern=r"^[a-z0-9_]+\Z", max_length=60)]
Seconds = Annotated[float, Meta(ge=0, le=3600)]
_SEEN: Property = "visual_pacer"
LENGTHS: tuple[Length, ...] = ("short", "medium", "long")


# Who wrote or reviewed something: a short name that the clinic's own list resolves, and no person's data.
Handle = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{1,39}\Z")]
Role = Annotated[str, Meta(min_length=1, max_length=80)]


class Review(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a text stands with its clinicians; any status but `approved` means that no clinician vouches for it.

    `withdrawn_on` and `replaced_by` belong to what is retired or recalled (decision 0027).
    """

    status: ReviewStatus
    author: Handle | UnsetType = UNSET
    author_role: Role | UnsetType = UNSET
    reviewer: Handle | UnsetType = UNSET
    reviewer_role: Role | UnsetType = UNSET
    reviewed_on: date | UnsetType = UNSET
    review_due: date | UnsetType = UNSET
    withdrawn_on: date | UnsetType = UNSET
    replaced_by: Slug | UnsetType = UNSET

    @property
    def is_withdrawn(self) -> bool:
        """Whether it is not to be offered any more."""
        return self.status in {"retired", "recalled"}


class BreathPace(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"inhale": "in", "exhale": "out"}
):
    """One breath's phases in seconds: in, hold, out, and the rest after it (`hold2`)."""

    inhale: Seconds
    hold: Seconds
    exhale: Seconds
    hold2: Seconds


class BreathPattern(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"inhale": "in", "exhale": "out"}
):
    """The pace an exercise starts with, the seconds over which it ramps, and its levels, slowest last."""

    inhale: Seconds
    hold: Seconds
    exhale: Seconds
    hold2: Seconds
    ramp_s: Seconds | UnsetType = UNSET
    levels: tuple[BreathPace, ...] = ()


class Pacing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"inhale": "in", "exhale": "out"}):
    """How many breaths a step paces, and the seconds of each phase."""

    breaths: Annotated[int, Meta(ge=1, le=60)]
    inhale: Seconds
    hold: Seconds
    exhale: Seconds
    hold2: Seconds


class StepPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step without its words. `ext_cue`: it points the attention outside the body at least once."""

    id: Slug
    paced: Pacing | UnsetType = UNSET
    region: Key | UnsetType = UNSET
    optional: bool = False
    ext_cue: bool = False


class LengthPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One length: the seconds it declares, and its steps in order."""

    seconds: Annotated[int, Meta(ge=1, le=3600)]
    steps: Annotated[tuple[Slug, ...], Meta(min_length=1)]


class LengthPlans(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The three lengths every exercise has."""

    short: LengthPlan
    medium: LengthPlan
    long: LengthPlan


class AltPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an authored variant changes: per step another step, or null where it leaves the step out."""

    steps: Mapping[Slug, Slug | None] = {}


class ExerciseFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`exercise.yaml`: everything about an exercise that is the same in every language (content brief 1.9)."""

    slug: Slug
    content_version: Annotated[int, Meta(ge=1, le=9999)]
    technique: Technique
    methods: Annotated[tuple[Method, ...], Meta(min_length=1)]
    tracks: Annotated[tuple[Track, ...], Meta(min_length=1)]
    phases: Annotated[tuple[Phase, ...], Meta(min_length=1)]
    dose_window: DoseWindow | UnsetType = UNSET
    postures: Annotated[tuple[Posture, ...], Meta(min_length=1)]
    anchors: Annotated[tuple[Anchor, ...], Meta(min_length=1)]
    arousal: Arousal
    interoceptive_load: Annotated[int, Meta(ge=1, le=5)]
    attention: Attention
    properties: tuple[Property, ...]
    eyes: Eyes
    profile: ProfileName
    requires_introduction: bool
    requires_flag: tuple[Key, ...]
    breath_pattern: BreathPattern | UnsetType = UNSET
    evidence: tuple[Key, ...]
    evidence_grade: Grade
    review: Review
    supersedes: Slug | UnsetType = UNSET
    recalled_versions: tuple[Annotated[int, Meta(ge=1, le=9999)], ...] = ()
    steps: Annotated[tuple[StepPlan, ...], Meta(min_length=1)]
    variants: LengthPlans
    alt_variants: Mapping[AltVariant, AltPlan] = {}


class FrontMatter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The head of a words file. `notice` is shown before the start, `aftercare` after the end."""

    title: Annotated[str, Meta(min_length=1, max_length=60)]
    description: Annotated[str, Meta(min_length=1, max_length=400)]
    notice: Annotated[str, Meta(min_length=1, max_length=300)] | UnsetType = UNSET
    aftercare: Annotated[str, Meta(min_length=1, max_length=300)]
    review: Review


class Line(Struct, frozen=True, kw_only=True, tag_field="kind", tag="line"):
    """What is said, and the silence after it in seconds."""

    say: str
    pause_s: float


class PacedBreaths(Struct, frozen=True, kw_only=True, tag_field="kind", tag="breaths"):
    """Breaths under a pacer: seconds per phase, and the words over each breath ("" is the tone alone)."""

    breaths: int
    inhale: float
    hold: float
    exhale: float
    hold2: float
    overlay: tuple[str, ...]

    @property
    def cycle_s(self) -> float:
        """Seconds of one breath."""
        return self.inhale + self.hold + self.exhale + self.hold2


class Instead(Struct, frozen=True, kw_only=True):
    """Other words for a line in one length or alt variant; `line` None leaves the line out there."""

    source_line: int
    name: str
    line: Line | None


class Phrase(Struct, frozen=True, kw_only=True):
    """A line as written, with its replacements in the order of the file."""

    source_line: int
    line: Line
    instead: tuple[Instead, ...]


class Overlay(Struct, frozen=True, kw_only=True):
    """The words over each breath of a paced step, and the file's line each stands in."""

    words: tuple[str, ...]
    source_lines: tuple[int, ...]


class Section(Struct, frozen=True, kw_only=True):
    """The words of one step."""

    source_line: int
    id: str
    label: str
    items: tuple[Phrase | Overlay, ...]


class Words(Struct, frozen=True, kw_only=True):
    """One language of an exercise: its words file."""

    language: str
    front: FrontMatter
    sections: Mapping[str, Section]


class Exercise(ExerciseFile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An exercise as the server holds it: its language-free fields, and its words by language."""

    words: Mapping[str, Words]

    @property
    def text_alone(self) -> bool:
        """Whether reading is enough: the eyes may stay on the screen all the time, and nothing is paced by ear."""
        paced = any(step.paced is not UNSET for step in self.steps)
        return self.eyes == "open" and "walking" not in self.properties and (not paced or _SEEN in self.properties)


class Step(Struct, frozen=True, kw_only=True):
    """A step with its words, as one length and its alt variants have it."""

    id: str
    label: str
    items: tuple[Line | PacedBreaths, ...]
    region: str | UnsetType
    optional: bool
    ext_cue: bool


class Script(Struct, frozen=True, kw_only=True):
    """Everything to be said in one length, in order. `seconds` is the declared length."""

    seconds: int
    steps: tuple[Step, ...]
