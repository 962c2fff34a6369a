"""The parts of `make bench`."""

import re
import sys

import pytest
from bench import measure
from bench.rows import Row
from support.documents import read
from support.web import logged


def test_the_parts_are_those_that_are_documented() -> None:
    listed = re.findall(r"some parts: (.*)", read("docs/bench.md"))
    assert [line.split() for line in listed] == [list(measure.PARTS)]


def test_only_the_named_parts_run_and_a_part_that_fails_loses_nothing_of_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> list[Row]:
        raise RuntimeError("broken")

    parts = {name: lambda name=name: iter([Row(what=name, measured="1", beside="2")]) for name in ("tea", "cake")}
    monkeypatch.setattr(measure, "PARTS", {**parts, "bread": broken})
    monkeypatch.setattr(sys, "argv", ["measure.py", "cake", "bread"])
    # Which puts the logging back as it was.
    with logged(), pytest.raises(RuntimeError, match="broken"):
        measure.main()
    printed = capsys.readouterr().out
    assert ("cake" in printed, "tea" in printed) == (True, False)


def test_an_unknown_part_is_refused_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["measure.py", "peers", "wine"])
    with pytest.raises(SystemExit):
        measure.main()
    assert "There is no part wine." in capsys.readouterr().err
