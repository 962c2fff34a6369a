"""Commands about what is made of the content: sound, the document of the API."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import rich_click as click

from server.app import create_app, open_house
from server.cli.console import complain, say, settings, stop
from server.media.batch import Checked, Progress, Tally, check_all, render_all
from server.vault.keyfile import new_key_list
from server.vault.keys import LocalKeys
from server.web.logs import configure_logging
from server.web.openapi import documented


@click.command()
@click.argument("slugs", nargs=-1)
@click.option("--check", is_flag=True, help="Listen to what is rendered, and hold it against its records.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
def render(slugs: tuple[str, ...], *, check: bool, jobs: int) -> None:
    """Render the audio that is missing, of all exercises or of those named."""
    configure_logging("warning", "console")
    media = open_house(settings(), processes=jobs).media
    try:
        with _bar() as progress:
            done = (check_all if check else render_all)(media, only=slugs or None, progress=progress)
    except KeyError:
        stop("The catalogue has no such exercise.")
    sys.exit(_tell(done))


@contextmanager
def _bar() -> Iterator[Progress]:
    # It takes a while to import, and this is the only command here with one.
    from rich import progress as rich  # noqa: PLC0415

    columns = (rich.TextColumn("{task.description}"), rich.BarColumn(), rich.MofNCompleteColumn())
    with rich.Progress(*columns, rich.TimeElapsedColumn(), console=complain) as bar:
        task = bar.add_task("audio", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _tell(done: Tally | Checked) -> bool:
    """Say what was done; whether anything of it failed."""
    if isinstance(done, Checked):
        for each in done.broken:
            cut = each.cut
            named = f"{cut.slug} {cut.language} {cut.length} {'+'.join(cut.alt_variants)}".rstrip()
            say.print(f"{named} by {cut.voice}, {each.fault}", markup=False)
        say.print(f"{done.listened} listened to, {len(done.broken)} promises broken, {done.lacking} not rendered.")
        return bool(done.broken)
    say.print(f"{done.rendered} rendered, {done.ready} there already, {done.impossible} impossible.")
    if silent := done.unnarrated.exercises:
        say.print(f"Without narration, to be practised by text: {', '.join(silent)}.")
    if partly := done.unnarrated.partly:
        say.print(f"Without narration in some lengths or variants: {', '.join(partly)}.")
    return bool(done.impossible)


@click.command()
def openapi() -> None:
    """Print the OpenAPI document that the server serves."""
    keys = new_key_list()
    app = create_app(settings(), keys=LocalKeys(keys.versions, index=keys.index))
    sys.stdout.write(documented(app.app).decode())


COMMANDS = (render, openapi)
