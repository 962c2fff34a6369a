"""Commands about what is made of the content: sound, the document of the API."""

import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

import rich_click as click

from server.app import create_app, open_house
from server.cli.arguments import Voice
from server.cli.console import complain, say, settings, stop
from server.media.batch import Broken, Progress, check_all, render_all, withdraw
from server.media.service import Media
from server.media.voices import Voices, recorded_voices
from server.vault.keyfile import new_key_list
from server.vault.keys import LocalKeys
from server.web.logs import configure_logging
from server.web.openapi import documented


@click.command()
@click.argument("slugs", nargs=-1)
@click.option("--only", multiple=True, metavar="SLUG", help="The same as a slug alone; several may be given.")
@click.option("--voice", type=Voice(), help="Only what this voice says; by default what each says.")
@click.option("--check", is_flag=True, help="Listen to what is rendered, and hold it against its records.")
@click.option("--mend", "mends", is_flag=True, help="Check, remove what breaks a promise, render what is missing.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
def render(
    slugs: tuple[str, ...], *, only: tuple[str, ...], voice: str | None, check: bool, mends: bool, jobs: int
) -> None:
    """Render the audio that is missing, of all exercises or of those named."""
    configure_logging("warning", "console")
    media = open_house(settings(), processes=jobs, voices=_speaking(voice)).media
    chosen = (*slugs, *only) or None
    if not media.exercises.keys() >= set(chosen or ()):
        stop("The catalogue has no such exercise.")
    if check or mends:
        broken = _check(media, chosen)
        if not mends:
            _advise(broken)
            sys.exit(bool(broken))
        withdraw(media, broken)
    sys.exit(_render(media, chosen))


def _speaking(voice: str | None) -> Voices:
    return {
        language: tuple(each for each in voices if voice in {None, each})
        for language, voices in recorded_voices().items()
    }


@contextmanager
def _bar() -> Iterator[Progress]:
    # It takes a while to import, and this is the only command here with one.
    from rich import progress as rich  # noqa: PLC0415

    columns = (rich.TextColumn("{task.description}"), rich.BarColumn(), rich.MofNCompleteColumn())
    with rich.Progress(*columns, rich.TimeElapsedColumn(), console=complain) as bar:
        task = bar.add_task("audio", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _check(media: Media, only: Collection[str] | None) -> tuple[Broken, ...]:
    """Listen, say what breaks a promise, and return it."""
    with _bar() as progress:
        checked = check_all(media, only=only, progress=progress)
    for each in checked.broken:
        cut = each.cut
        named = f"{cut.slug} {cut.language} {cut.length} {'+'.join(cut.alt_variants)}".rstrip()
        say.print(f"{named} by {cut.voice}, {each.fault}", markup=False)
    say.print(f"{checked.listened} listened to, {len(checked.broken)} promises broken, {checked.lacking} not rendered.")
    return checked.broken


def _advise(broken: Iterable[Broken]) -> None:
    if slugs := sorted({each.cut.slug for each in broken}):
        say.print(f"`groundwork render --mend {' '.join(slugs)}` makes again what is broken.")


def _render(media: Media, only: Collection[str] | None) -> bool:
    """Render, say what was done, and return whether anything of it failed."""
    with _bar() as progress:
        tally = render_all(media, only=only, progress=progress)
    say.print(f"{tally.rendered} rendered, {tally.ready} there already, {tally.impossible} impossible.")
    if silent := tally.unnarrated.exercises:
        say.print(f"Without narration, to be practised by text: {', '.join(silent)}.")
    if partly := tally.unnarrated.partly:
        say.print(f"Without narration in some lengths or variants: {', '.join(partly)}.")
    return bool(tally.impossible)


@click.command()
def openapi() -> None:
    """Print the OpenAPI document that the server serves."""
    keys = new_key_list()
    app = create_app(settings(), keys=LocalKeys(keys.versions, index=keys.index))
    sys.stdout.write(documented(app.app).decode())


COMMANDS = (render, openapi)
