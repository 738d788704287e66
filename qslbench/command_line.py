"""The door for commands: `qslbench NAME …` imports the module of that name and nothing else."""

import ast
import importlib
import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from builders.core import discovery, own_files
from builders.core.errors import RequestError, WorkError, of_system, unknown
from builders.core.extras import missing_extra

PACKAGES = ("builders.commands", "leaderboard.commands", "baselines.commands")


class Door(click.Group):
    """A group whose subcommands are the files of the three `commands` folders."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all subcommands, none of them imported."""
        return sorted(_homes())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Import one subcommand."""
        homes = _homes()
        if cmd_name not in homes:
            raise click.UsageError(str(unknown("command", cmd_name, homes)), ctx)
        command: click.Command = importlib.import_module(f"{homes[cmd_name]}.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, with the first line of each file: none is imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _summary(home, name)) for name, home in _homes().items()])


def _homes() -> dict[str, str]:
    homes = {name: package for package in PACKAGES for name in discovery.names(package)}
    return dict(sorted(homes.items()))


def _summary(package: str, name: str) -> str:
    """What stands behind the command in the first line of its file: `qslbench NAME …`: SUMMARY."""
    file = Path(__file__).parents[1].joinpath(*package.split("."), f"{name}.py")
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    summary = said.partition("\n")[0].partition("`: ")[2]
    return summary[:1].upper() + summary[1:]


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="qslbench")
@click.option(
    "--plugin",
    "plugins",
    multiple=True,
    metavar="FILE|FOLDER",
    help="A file with a family, task, model or protocol of yours, or a folder of such files. Its "
    "code is run. Repeat it.",
)
@click.pass_context
def cli(ctx: click.Context, plugins: tuple[str, ...]) -> None:
    """Data sets, baselines and a leaderboard for learning quantum many-body systems.

    `qslbench COMMAND --help` explains one command. Exit status: 0 done, 1 the work failed,
    2 the request was wrong.
    """
    before = os.environ.get(discovery.VARIABLE)
    if plugins:
        known = [before] if before else []
        paths = [Path(plugin).absolute() for plugin in plugins]
        for path in paths:
            if not path.is_dir():
                own_files.check(path)
        os.environ[discovery.VARIABLE] = os.pathsep.join([*known, *map(str, paths)])
        ctx.call_on_close(lambda: _back(before))


def _back(plugins: str | None) -> None:
    if plugins is None:
        os.environ.pop(discovery.VARIABLE, None)
    else:
        os.environ[discovery.VARIABLE] = plugins


def main() -> None:
    """Run the command line; map refusals to exit status 2 and failures to 1."""
    try:
        cli(standalone_mode=True)
    except (RequestError, WorkError) as error:
        _leave(str(error), 2 if isinstance(error, RequestError) else 1)
    except ImportError as error:
        missing = missing_extra(error)
        if missing is None:
            raise
        _leave(str(missing), 2)
    except OSError as error:
        _leave(of_system(error), 1)


def _leave(message: str, status: int) -> NoReturn:
    click.echo(f"qslbench: {message}", err=True)
    sys.exit(status)
