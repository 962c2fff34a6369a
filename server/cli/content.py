"""Commands about the catalogue and what is made of it."""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import rich_click as click
from msgspec import Struct

from audio.timeline import line_ms
from server.app import create_app, open_house
from server.catalogue.crisis.loader import crisis_findings
from server.catalogue.findings import errors
from server.catalogue.lint import check_content as lint_content
from server.catalogue.snapshot import ContentError
from server.cli.common import complain, say, settings, stop
from server.kit.clock import SystemClock
from server.media.batch import render_all
from server.media.voices import recorded_voices
from server.practice.reminders.texts import read_reminders
from server.practice.signals import conformance as worked_signals
from server.practice.signals.load import load_signals, signal_findings
from server.practice.streaks import conformance as worked
from server.vault.keyfile import new_key_list
from server.vault.keys import LocalKeys
from server.web.logs import configure_logging
from server.web.openapi import documented

if TYPE_CHECKING:
    from audio.voices.recorded import Recorded


@click.command()
def check_content() -> None:
    """Check every exercise against the numbered rules; ends with 1 when one is broken."""
    folder = settings().content
    findings = [
        *lint_content(folder, spoken_seconds),
        *read_reminders(folder)[1],
        *signal_findings(folder),
        *crisis_findings(folder, SystemClock().now().date()),
    ]
    for finding in findings:
        say.print(str(finding), markup=False)
    broken = len(errors(findings))
    say.print(f"{broken} errors, {len(findings) - broken} warnings.")
    sys.exit(1 if broken else 0)


@click.command()
@click.argument("slugs", nargs=-1)
def render(slugs: tuple[str, ...]) -> None:
    """Render the audio that is missing, of all exercises or of those named."""
    # The bar takes a while to import, and this is the only command with one.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    configure_logging("warning", "console")
    media = open_house(settings(), processes=2).media
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=complain) as bar:
        task = bar.add_task("audio", total=None)
        try:
            tally = render_all(
                media,
                only=slugs or None,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        except KeyError:
            stop("The catalogue has no such exercise.")
    say.print(f"{tally.rendered} rendered, {tally.ready} there already, {tally.impossible} without narration.")
    sys.exit(1 if tally.impossible else 0)


@click.command()
def openapi() -> None:
    """Print the OpenAPI document that the server serves."""
    keys = new_key_list()
    app = create_app(settings(), keys=LocalKeys(keys.versions, index=keys.index))
    sys.stdout.write(documented(app.app).decode())


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


def _answer(answers: Iterator[Struct]) -> None:
    broken = False
    try:
        for answer in answers:
            broken = broken or isinstance(answer, worked.BrokenCase)
            sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
    except worked.CasesError as error:
        stop(str(error))
    sys.exit(1 if broken else 0)


@cache
def _narrator() -> "Recorded":
    # The narrator brings numpy and a decoder along, and no other command here listens to anything.
    from audio.voices.recorded import Recorded  # noqa: PLC0415

    return Recorded(next(iter(recorded_voices()["en"])))


def spoken_seconds(text: str) -> float | None:
    """Return how long a line takes in the voice that is offered first; None when nobody has said it yet."""
    try:
        return line_ms(text, lambda sentence: _narrator().clip(sentence).duration_ms) / 1000
    except LookupError:
        return None


COMMANDS = (check_content, render, openapi, conformance)
