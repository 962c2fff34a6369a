"""The content lint: numbered rules, a sentence and a function each (content brief 4.2)."""

from server.catalogue.lint import breath, evidence, guidance, opening, safety, starter, timing, ways, wording
from server.catalogue.lint.check import check_content

__all__ = [
    "breath",
    "check_content",
    "evidence",
    "guidance",
    "opening",
    "safety",
    "starter",
    "timing",
    "ways",
    "wording",
]
