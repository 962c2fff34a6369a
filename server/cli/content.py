"""Commands about the catalogue and what is made of it."""

import sys
from functools import cache
from typing import TYPE_CHECKING

import rich_click as click

from audio.timeline import line_ms
from server.app import create_app, open_house
from server.catalogue.crisis.loader import crisis_findings
from server.catalogue.findings import errors
from server.catalogue.lint import check_content as lint_content
from server.cli.common import complain, say, settings, stop
from server.kit.clock import SystemClock
from server.media.batch import render_all
from server.media.voices import recorded_voices
from server.practice.reminders.texts import read_reminders
from server.practice.signals.load import signal_findings
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


COMMANDS = (check_content, render, openapi)
