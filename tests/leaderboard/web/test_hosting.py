"""What docs/hosting.md and deploy/ say of running a board is so."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from sqlalchemy import create_engine, text

from leaderboard.board.service import Board
from leaderboard.ranking.export import ranking_json
from tests.leaderboard import postgres
from tests.leaderboard.answers import open_season, submit
from tests.paths import ROOT

DEPLOY, PAGE = ROOT / "deploy", ROOT / "docs" / "hosting.md"


def block(name: str) -> str:
    """The commands of the page under a mark."""
    found = re.search(rf"<!-- {name} -->\n```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None, name
    return found[1]


def run(name: str, **variables: object) -> None:
    """Run the commands as a person would, from another folder, with ours first on the path."""
    bin_ = Path(sys.executable).parent
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([str(bin_), *map(str, tools), os.environ["PATH"]])
    ours = {"PATH": path, "PYTHONPATH": str(ROOT)}
    shell = 'qslbench() { python -m qslbench "$@"; }\n' + block(name)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", shell],
        env=os.environ | ours | {k: str(v) for k, v in variables.items()},
        capture_output=True, text=True, cwd="/", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if name.startswith("restore"):
        assert "the log and the scores fit" in done.stdout


def fill(board: Board, data, folder: Path) -> None:
    """A closed season with entries of three accounts."""
    open_season(board, data, "s", 9)
    for name, shift in (("ada", 0.1), ("bob", 0.2), ("eve", 0.3)):
        submit(board, data, folder / "p.parquet", shift, account=name, name=name)
    board.close_season()


def told(board: Board) -> str:
    """Everything that a reader sees."""
    rankings = [ranking_json(key, board.ranking(*key)) for key in board.cells()]
    return json.dumps([rankings, board.log(), [r.to_json() for r in board.submissions()]])


def test_a_backup_of_sqlite_is_the_board(synthetic_folder, tmp_path) -> None:
    board = Board.open(tmp_path / "board", synthetic_folder.public)
    fill(board, synthetic_folder, tmp_path)
    (tmp_path / "backup").mkdir()
    run("backup sqlite", BOARD=tmp_path / "board", BACKUP=tmp_path / "backup")
    before = told(board)
    board.close()
    (tmp_path / "board").rename(tmp_path / "gone")
    restored = tmp_path / "elsewhere"
    run("restore sqlite", BOARD=restored, BACKUP=tmp_path / "backup")
    again = Board.open(restored)
    assert told(again) == before
    assert again.settings.data == synthetic_folder.public.resolve()  # beside, as before
    for path in restored.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    again.close()


@postgres.needed
@pytest.mark.slow
def test_a_backup_of_postgresql_is_the_board(synthetic_folder, tmp_path) -> None:
    with postgres.server() as url:
        folder = tmp_path / "folder"
        board = Board.open(url, synthetic_folder.public, folder=folder)
        fill(board, synthetic_folder, tmp_path)
        (tmp_path / "backup").mkdir()
        run("backup postgresql", STORE=url, FOLDER=folder, BACKUP=tmp_path / "backup")
        before = told(board)
        board.close()
        other = url.rpartition("/")[0] + "/other"
        engine = create_engine(url.replace("://", "+psycopg://"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE other"))
        engine.dispose()
        elsewhere = tmp_path / "elsewhere"
        run("restore postgresql", STORE=other, FOLDER=elsewhere, BACKUP=tmp_path / "backup")
        again = Board.open(other, folder=elsewhere)
        assert told(again) == before
        again.close()


def compose() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def test_compose_and_its_files_agree() -> None:
    made = compose()
    board, proxy = made["services"]["board"], made["services"]["proxy"]
    (network,) = made["networks"]["inside"]["ipam"]["config"]
    assert board["environment"]["QSLBENCH_BOARD_PROXIES"] == network["subnet"]
    assert all(service["networks"] == ["inside"] for service in made["services"].values())
    assert [name for name, service in made["services"].items() if "ports" in service] == ["proxy"]
    mounted = [volume.split(":")[0] for s in made["services"].values() for volume in s["volumes"]]
    assert {name for name in mounted if not name.startswith(("$", "."))} == set(made["volumes"])
    assert all((DEPLOY / name).is_file() for name in mounted if name.startswith("."))
    caddy = (DEPLOY / "Caddyfile").read_text("utf-8")
    dockerfile = (DEPLOY / "space" / "Dockerfile").read_text("utf-8")
    (port,) = re.findall(r"EXPOSE (\d+)", dockerfile)
    assert f"reverse_proxy board:{port}" in caddy
    assert set(re.findall(r"\{\$(\w+)\}", caddy)) == set(proxy["environment"])
    assert f"mkdir -m 700 {board['environment']['QSLBENCH_BOARD_FOLDER']}" in dockerfile


def test_compose_asks_for_what_the_example_names() -> None:
    text_ = (DEPLOY / "compose.yaml").read_text("utf-8")
    asked = set(re.findall(r"\$\{(\w+)", text_))
    example = (DEPLOY / "example.env").read_text("utf-8")
    assert asked == set(re.findall(r"^(\w+)=", example, re.MULTILINE))


def test_compose_sets_what_the_start_reads() -> None:
    source = (DEPLOY / "space" / "start.py").read_text("utf-8")
    readme = (DEPLOY / "space" / "README.md").read_text("utf-8")
    for name in compose()["services"]["board"]["environment"]:
        assert f"`{name}`" in readme, name
        assert name.removeprefix("QSLBENCH_BOARD_").removeprefix("QSLBENCH_SPACE_") in source


def test_the_page_shows_commands_that_exist() -> None:
    import click

    import qslbench

    context = click.Context(qslbench.cli)
    for words in re.findall(r"^qslbench ([a-z]+)", PAGE.read_text("utf-8"), re.MULTILINE):
        assert qslbench.cli.get_command(context, words) is not None
