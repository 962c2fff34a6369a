"""Commands that answer worked cases."""

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import rich_click as click
from msgspec import Struct

from server.catalogue.snapshot import ContentError
from server.catalogue.suitability import conformance as worked_people
from server.cli.common import settings, stop
from server.cli.suitability import shipped
from server.practice.signals import conformance as worked_signals
from server.practice.signals.load import load_signals
from server.practice.streaks import conformance as worked


@click.group()
def conformance() -> None:
    """Answer worked cases, so that a phone app can prove that it counts as the server does."""


@conformance.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def streaks(file: Path) -> None:
    """Print {"id", "report"} for each case of FILE, one line of JSON each."""
    _answer(worked.run(file))


@conformance.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def signals(file: Path) -> None:
    """Print {"id", "signals"} for each case of FILE, one line of JSON each, by the rules of the content folder."""
    try:
        rules = load_signals(settings().content)
    except ContentError as error:
        stop(str(error))
    _answer(worked_signals.run(file, rules))


@conformance.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def suitability(file: Path) -> None:
    """Print {"person", "at", "exercises"} for each person of FILE, one line of JSON each."""
    try:
        _answer(worked_people.run(file, shipped()))
    except msgspec.DecodeError:
        stop("The file is neither JSON lines nor a JSON list of people.")


def _answer(answers: Iterator[Struct]) -> None:
    broken = False
    try:
        for answer in answers:
            broken = broken or isinstance(answer, worked.BrokenCase | worked_people.BrokenLine)
            sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
    except worked.CasesError as error:
        stop(str(error))
    sys.exit(1 if broken else 0)


COMMANDS = (conformance,)
