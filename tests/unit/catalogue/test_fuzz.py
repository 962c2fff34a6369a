"""Whatever bytes a content file has, the check answers with findings, never with an exception."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.catalogue import MODELS, SETS, WAVE, Folder

from server.catalogue import tree
from server.catalogue.decode import decode
from server.catalogue.findings import Finding
from server.catalogue.loader import load_exercises
from server.catalogue.schemas import ExerciseFile, FrontMatter
from server.catalogue.script import parse_words
from server.catalogue.source import decode as decode_text
from server.catalogue.starter import StarterSet
from server.catalogue.tree import parse

PLAN = (MODELS / WAVE / "exercise.yaml").read_bytes()
WORDS = (MODELS / WAVE / "en.md").read_bytes()
STARTER = (SETS / "model-set.yaml").read_bytes()
YAMLISH = st.text(alphabet="abc: -[]{}#&*!|>'\"%@`?,\n0.~<=", max_size=200)


def spliced(whole: bytes) -> st.SearchStrategy[bytes]:
    """Cut a good file somewhere and put anything in."""

    def splice(parts: tuple[int, int, bytes]) -> bytes:
        start, length, middle = parts
        return whole[:start] + middle + whole[start + length :]

    anything = st.one_of(st.binary(max_size=20), YAMLISH.map(str.encode))
    return st.tuples(st.integers(0, len(whole)), st.integers(0, 60), anything).map(splice)


def read_plan(data: bytes) -> object:
    text = decode_text(data, "x")
    parsed = text if isinstance(text, Finding) else parse(text, "x")
    return parsed if isinstance(parsed, Finding) else decode(parsed, ExerciseFile, "x")


def read_starter(data: bytes) -> object:
    text = decode_text(data, "x")
    parsed = text if isinstance(text, Finding) else parse(text, "x")
    return parsed if isinstance(parsed, Finding) else decode(parsed, StarterSet, "x")


def read_words(data: bytes) -> object:
    text = decode_text(data, "x")
    return text if isinstance(text, Finding) else parse_words(text, "en", "x")


@pytest.mark.parametrize("read, whole", [(read_plan, PLAN), (read_words, WORDS), (read_starter, STARTER)])
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_bytes_give_findings_and_never_an_exception(
    read: Callable[[bytes], object], whole: bytes, data: st.DataObject
) -> None:
    read(data.draw(st.one_of(st.binary(max_size=300), YAMLISH.map(str.encode), spliced(whole))))


@settings(max_examples=60, deadline=None)
@given(plan=spliced(PLAN), words=spliced(WORDS))
def test_a_folder_with_any_damage_is_checked_to_its_end(
    tmp_path_factory: pytest.TempPathFactory, plan: bytes, words: bytes
) -> None:
    folder = Folder(tmp_path_factory.mktemp("fuzz"), WAVE)
    folder.file(f"exercises/{WAVE}/exercise.yaml").write_bytes(plan)
    folder.file(f"exercises/{WAVE}/en.md").write_bytes(words)
    loaded, findings = load_exercises(folder.path)
    assert loaded or findings
    assert all(finding.line >= 1 for finding in folder.check())


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{" * 100_000, "a: " + "- " * 100_000, "&a [*a]", "a: &x [" + "*x," * 9 + "]", "9" * 5000, "1e999"],
)
def test_bombs_are_findings(text: str) -> None:
    parsed = parse(text, "x")
    found = parsed if isinstance(parsed, Finding) else decode(parsed, FrontMatter, "x")
    assert isinstance(found, Finding | list)


def test_the_whole_model_is_no_finding(tmp_path: Path) -> None:
    assert Folder(tmp_path, WAVE).check() == []


@pytest.mark.parametrize("text", ["[" * 100_000, "a: &x [*x]", "a: !!python/object:os.system []", 'a: "\\0"'])
def test_the_parser_without_its_c_library_is_as_strict(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with_library = parse(PLAN.decode(), "x")
    monkeypatch.setattr(tree, "_LOADER", yaml.SafeLoader)
    assert isinstance(parse(text, "x"), Finding)
    assert parse(PLAN.decode(), "x") == with_library
