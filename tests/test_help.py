"""Every command says in a line what it does, and shows an example that can be typed."""

import fcntl
import os
import pty
import select
import shlex
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import qslbench
from tests.builders.synthetic import SyntheticFolder
from tests.door import Door
from tests.paths import DOOR

# One name a meaning: of these, none means the same as another.
OTHER_NAMES = {"--to", "--dir", "--output", "--board", "--dest", "--store-url"}


def leaves() -> Iterator[tuple[str, click.Command]]:
    top = click.Context(qslbench.cli)
    for name in qslbench.cli.list_commands(top):
        command = qslbench.cli.get_command(top, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", c) for sub, c in command.commands.items())
        else:
            yield name, command


@pytest.mark.parametrize(("name", "command"), list(leaves()))
def test_a_command_has_a_summary_and_an_example(name: str, command: click.Command) -> None:
    assert command.help
    lines = (command.epilog or "").splitlines()
    assert lines[:2] == ["\b", "Example:"], f"{name} has no example"
    words = shlex.split(" ".join(lines[2:]).replace(" \\ ", " ").partition(" > ")[0])
    assert words[: 1 + len(name.split())] == ["qslbench", *name.split()]
    given = words[1 + len(name.split()) :]
    # Refuses an option that is not there, and one that is missing.
    command.make_context(name, given)
    options = {o for p in command.params if isinstance(p, click.Option) for o in p.opts}
    assert options & OTHER_NAMES == set()


def test_help_has_the_summary_of_every_command(door: Door) -> None:
    status, out, _ = door("--help")
    assert status == 0
    for name in qslbench.cli.list_commands(click.Context(qslbench.cli)):
        (line,) = [x for x in out.splitlines() if x.split()[:1] == [name]]
        assert len(line.split()) > 2, line


def test_bars_are_on_terminals_and_not_in_pipes(synthetic_master: SyntheticFolder) -> None:
    command = [sys.executable, str(DOOR), "verify", str(synthetic_master.public)]
    piped = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert piped.stderr == ""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    shown = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=True, timeout=60)
    # Before the other end is closed.
    said = os.read(ours, 1 << 16).decode() if select.select([ours], [], [], 0)[0] else ""
    os.close(theirs)
    os.close(ours)
    assert shown.stdout.decode() == piped.stdout
    assert "hashes" in said
    assert "values" in said


def test_a_refusal_on_the_way_leaves_no_bar(door: Door, tmp_path: Path) -> None:
    status, out, err = door("verify", tmp_path)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
