"""A new exercise's folder: whole by the format, with placeholders that the lint finds until they are written."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from server.catalogue.loader import EXERCISE_FILE, SOURCE_LANGUAGE
from server.catalogue.vocabulary import (
    Anchor,
    Attention,
    Method,
    ProfileName,
    Technique,
    Track,
)


class _Usual(NamedTuple):
    method: Method
    anchor: Anchor
    attention: Attention
    load: int
    profile: ProfileName


_USUAL: Final[Mapping[Technique, _Usual]] = {
    "grounding": _Usual("orienting", "sight", "external", 1, "ground"),
    "breathing": _Usual("breath_notice", "breath", "mixed", 3, "settle"),
    "body_scan": _Usual("scan_contact", "contact", "mixed", 3, "settle"),
}
_EYES_OPEN: Final[frozenset[ProfileName]] = frozenset(("ground", "distress"))
_PHASES: Final[Mapping[ProfileName, str]] = {
    "distress": "phases: [distress]",
    "session_day": "phases: [dosing_day]\ndose_window: after",
}
_PLAN: Final = """\
# docs/content.md says what each field means, content/glossary.yaml which words may stand in it.
slug: {slug}
content_version: 1
technique: {technique}
methods: [{usual.method}]
tracks: [{track}]
{phases}
postures: [seated]
anchors: [{usual.anchor}]
arousal: {arousal}
interoceptive_load: {usual.load}
attention: {usual.attention}
properties: []
eyes: {eyes}
profile: {profile}
requires_introduction: false
requires_flag: []
evidence: []
evidence_grade: D
review: {{status: draft}}
steps:
  - {{id: arrive, ext_cue: true}}
  - {{id: first, ext_cue: true}}
  - {{id: second, ext_cue: true}}
  - {{id: return, ext_cue: true}}
variants:
  short: {{seconds: 120, steps: [arrive, first, return]}}
  medium: {{seconds: 240, steps: [arrive, first, second, return]}}
  long: {{seconds: 300, steps: [arrive, first, second, return]}}
alt_variants: {{}}
"""
_WORDS: Final = """\
---
title: {title}
description: To be written.
aftercare: To be written.
review: {{status: draft}}
---

## arrive: Arrive

This line is to be written. [2 s]

## first: First

This line is to be written. [4 s]

## second: Second

This line is to be written. [4 s]

## return: Return

This line is to be written. [4 s]
"""


def scaffold(slug: str, technique: Technique, track: Track, profile: ProfileName | None = None) -> dict[str, str]:
    """Return the files of a new exercise by name; without a profile it has the usual one of technique and track."""
    usual = _USUAL[technique]
    chosen = profile or ("palliative" if track == "palliative" else usual.profile)
    plan = _PLAN.format(
        slug=slug,
        technique=technique,
        track=track,
        usual=usual,
        profile=chosen,
        phases=_PHASES.get(chosen, "phases: [integration, between_sessions]"),
        arousal="energising" if chosen == "energise" else "settling",
        eyes="open" if chosen in _EYES_OPEN else "choice",
    )
    words = _WORDS.format(title=slug.replace("-", " ").capitalize())
    return {EXERCISE_FILE: plan, f"{SOURCE_LANGUAGE}.md": words}
