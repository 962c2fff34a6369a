"""Where a process begins. Nothing is imported before `main`: rendering workers read this module again and need none."""

import gc
import sys


def main() -> None:
    """Run the operator's commands."""
    # A tenth of the start would be spent on collecting modules, which are never garbage.
    gc.disable()
    from server.cli import command_named  # noqa: PLC0415 - see above
    from server.cli import main as commands  # noqa: PLC0415 - see above

    command_named("".join(sys.argv[1:2]))
    gc.freeze()
    gc.enable()
    commands()


if __name__ == "__main__":
    main()
