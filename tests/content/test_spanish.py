"""How the lint hears Spanish: what a line does, what it must not say, and each rule that depends on the language."""

import shutil
from pathlib import Path

import pytest
import yaml
from support.catalogue import CONTENT, MODELS, ROOM, WAVE, Folder, reference_of

from server.catalogue.lint.registry import SENTENCES
from server.catalogue.yardstick import PatternName

FAULTS: list[dict[str, str]] = yaml.safe_load((MODELS.parent / "spanish_faults.yaml").read_text("utf-8"))
WORDS = f"exercises/{ROOM}/es.md"
SPANISH = reference_of(CONTENT).lexicons["es"]


@pytest.mark.parametrize(
    "name, line",
    [
        ("stop", "Puedes parar en cualquier momento, y cuenta igual."),
        ("eyes", "Los ojos pueden estar abiertos, medio abiertos o cerrados."),
        ("help", "Si algo fue demasiado, puedes marcarlo en la pantalla o decírselo a tu terapeuta."),
        ("move", "Puedes moverte cuando quieras."),
        ("skip", "Puedes seguir esto, o quedarte como estás."),
        ("same", "Puede sentirse mejor, igual o más difícil. Todo eso vale."),
        ("length_said", "Dura unos dos minutos y medio."),
        ("posture_choice", "En una silla o de pie, como prefieras."),
        ("region_belly", "Una mano sobre el vientre."),
        ("region_back", "Nota la espalda."),
        ("baby", "Si tu bebé duerme cerca."),
        ("imagery", "Imagina una playa."),
    ],
)
def test_a_line_is_known_for_what_it_does(name: PatternName, line: str) -> None:
    assert SPANISH.has(name, line)


@pytest.mark.parametrize(
    "name, line",
    [
        ("stop", "La tarde puede parar un poco."),
        ("closed_only", "Los ojos pueden estar abiertos, medio abiertos o cerrados."),
        ("choice", "Puede estar tibia, o fresca."),
        ("region_back", "La espalda apoyada en la silla."),
        ("region_pelvis", "El cuarto a tu alrededor."),
        ("mortality", "Muerde una manzana."),
        ("baby", "Bebe un poco de agua."),
    ],
)
def test_a_line_near_it_is_not(name: PatternName, line: str) -> None:
    assert not SPANISH.has(name, line)


@pytest.mark.parametrize("word", ["mira", "mírala", "déjalo", "muévete", "acomódate"])
def test_an_imperative_is_one_with_its_pronouns_too(word: str) -> None:
    assert SPANISH.commands(word)


@pytest.mark.parametrize("word", ["puedes", "hola", "quizá", "suelo", "sala", "este"])
def test_another_first_word_is_none(word: str) -> None:
    assert not SPANISH.commands(word)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path, ROOM)
    shutil.copy(MODELS.parent / "spanish" / f"{ROOM}.md", folder.file(WORDS))
    return folder


def test_the_spanish_model_script_breaks_no_rule(folder: Folder) -> None:
    assert [str(finding) for finding in folder.check()] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['rule']} {fault['says']}")
def test_a_broken_rule_is_found_in_spanish(folder: Folder, fault: dict[str, str]) -> None:
    folder.replace(WORDS, fault["old"], fault["new"])
    found = [finding for finding in folder.check() if finding.rule == fault["rule"]]
    assert any(fault["says"] in finding.sentence for finding in found), [str(each) for each in folder.check()]
    assert all(finding.sentence.startswith(SENTENCES[fault["rule"]]) for finding in found)
    assert {finding.path for finding in found} == {f"content/{WORDS}"}


@pytest.mark.parametrize(
    "count, is_right",
    [("Inhala, dos, tres. Exhala, dos, tres, cuatro.", True), ("Inhala, dos. Exhala, dos, tres.", False)],
)
def test_a_breath_is_counted_in_spanish(tmp_path: Path, count: str, is_right: bool) -> None:  # noqa: FBT001 - a case
    folder = Folder(tmp_path, WAVE)
    english = folder.file(f"exercises/{WAVE}/en.md")
    words = english.read_text("utf-8").replace("In, two, three. Out, two, three, four.", count)
    slower = "Inhala, dos, tres, cuatro. Exhala, dos, tres, cuatro, cinco."
    words = words.replace("In, two, three, four. Out, two, three, four, five.", slower)
    english.with_name("es.md").write_text(words, "utf-8")
    found = [finding.sentence for finding in folder.check() if finding.rule == "L26"]
    assert bool(found) is not is_right
    assert all("the count reads `Inhala, dos, tres. Exhala, dos, tres, cuatro.`" in sentence for sentence in found)
