"""The operator's commands. Each reads the settings once and says in a sentence what it cannot do."""

from collections.abc import Iterable
from importlib import import_module

import rich_click as click
from click import Command, Context

COMMANDS = {
    "serve": "serving",
    "demo": "serving",
    "healthcheck": "serving",
    "migrate": "data",
    "create-admin": "data",
    "create-therapist": "data",
    "new-epoch": "epochs",
    "keys": "keys",
    "audit": "audit",
    "verify-streaks": "practice",
    "export": "privacy",
    "import": "privacy",
    "erase": "privacy",
    "tidy": "privacy",
    "oidc": "oidc",
    "crisis": "crisis",
    "check-content": "authoring",
    "new-exercise": "authoring",
    "preview": "authoring",
    "narrate": "narrating",
    "render": "content",
    "openapi": "content",
    "suitability": "suitability",
    "conformance": "conformance",
}
"""Which module of this package has a command."""


class Commands(click.RichGroup):
    """Imports the module of the command that is asked for, and no other: whoever writes words waits for no server."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002 - the signature is click's
        """Return a command, or None where there is none of that name."""
        return command_named(cmd_name)


def command_named(name: str) -> Command | None:
    """Import a command, or return None where there is none of that name."""
    if name not in COMMANDS:
        return None
    found: Iterable[Command] = import_module(f"{__name__}.{COMMANDS[name]}").COMMANDS
    return next(command for command in found if command.name == name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="groundwork")
def main() -> None:
    """Groundwork: the practice that happens between sessions."""
