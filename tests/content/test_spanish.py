"""How the lint hears Spanish: what a line does, and what it must not say."""

import pytest
from support.catalogue import CONTENT, reference_of

from server.catalogue.yardstick import PatternName

SPANISH = reference_of(CONTENT).lexicons["es"]


@pytest.mark.parametrize(
    "name, line",
    [
        ("stop", "Puedes parar en cualquier momento, y cuenta igual."),
        ("eyes", "Los ojos pueden estar abiertos, a medias o cerrados."),
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
        ("closed_only", "Los ojos pueden estar abiertos, a medias o cerrados."),
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
