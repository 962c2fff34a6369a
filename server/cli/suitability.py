"""Commands that show what the suitability rules make of the catalogue."""

import sys
from pathlib import Path

import msgspec
import rich_click as click

from server.catalogue.snapshot import ContentError, load_snapshot
from server.catalogue.suitability.compiled import compile_table
from server.catalogue.suitability.decide import Suitability
from server.catalogue.suitability.remains import as_markdown, put_into
from server.cli.common import settings, stop


@click.group()
def suitability() -> None:
    """Show what the rules make of the catalogue."""


@suitability.command()
def table() -> None:
    """Print the compiled table by which a phone decides, as JSON."""
    sys.stdout.write(msgspec.json.encode(compile_table(shipped())).decode() + "\n")


@suitability.command()
@click.option(
    "--into", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A document with marks for it."
)
def remains(into: Path | None) -> None:
    """Print what each flag leaves, or write it into a document."""
    found = as_markdown(shipped())
    if into is None:
        sys.stdout.write(found)
    else:
        into.write_text(put_into(into.read_text("utf-8"), found), "utf-8")


def shipped() -> Suitability:
    """Compile the rules over the content folder; content that is broken ends the command."""
    try:
        return load_snapshot(settings().content).suitability
    except ContentError as error:
        stop(str(error))


COMMANDS = (suitability,)
