"""The operator's commands. Each reads the settings once and says in a sentence what it cannot do."""

import rich_click as click

from server.cli import (
    audit,
    conformance,
    content,
    crisis,
    data,
    epochs,
    keys,
    oidc,
    practice,
    privacy,
    serving,
    suitability,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="groundwork")
def main() -> None:
    """Groundwork: the practice that happens between sessions."""


MODULES = (serving, data, epochs, keys, audit, practice, privacy, oidc, content, suitability, conformance, crisis)
for command in (each for module in MODULES for each in module.COMMANDS):
    main.add_command(command)
