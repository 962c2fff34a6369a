"""Commands about what is made of the content: sound, the document of the API."""

import sys

import rich_click as click

from server.app import create_app, open_house
from server.cli.console import complain, say, settings, stop
from server.media.batch import render_all
from server.vault.keyfile import new_key_list
from server.vault.keys import LocalKeys
from server.web.logs import configure_logging
from server.web.openapi import documented


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
    say.print(f"{tally.rendered} rendered, {tally.ready} there already, {tally.impossible} impossible.")
    if silent := tally.unnarrated.exercises:
        say.print(f"Without narration, to be practised by text: {', '.join(silent)}.")
    if partly := tally.unnarrated.partly:
        say.print(f"Without narration in some lengths or variants: {', '.join(partly)}.")
    sys.exit(1 if tally.impossible else 0)


@click.command()
def openapi() -> None:
    """Print the OpenAPI document that the server serves."""
    keys = new_key_list()
    app = create_app(settings(), keys=LocalKeys(keys.versions, index=keys.index))
    sys.stdout.write(documented(app.app).decode())


COMMANDS = (render, openapi)
