"""The Space: its files agree with each other and the project, and its start serves the board.

No container engine is needed: the Dockerfile is parsed, and its steps run in a folder.
"""

import importlib.util
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from leaderboard.web.serve import Address
from tests.leaderboard.serving import ROOT, STOP_SECONDS

SPACE = ROOT / "deploy" / "space"
SERVED_SECONDS = 60


def module(name):
    """A script of the folder as a module."""
    spec = importlib.util.spec_from_file_location(f"space_{name}", SPACE / f"{name}.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def steps():
    """(instruction, rest) of the Dockerfile, in order."""
    text = (SPACE / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def rest(instruction):
    return [words for name, words in steps() if name == instruction]


def environment():
    """What the ENV lines set, without HOME and PATH."""
    pairs = dict(words.split("=", 1) for words in rest("ENV"))
    return {name: value for name, value in pairs.items() if name not in ("HOME", "PATH")}


def front_matter():
    return yaml.safe_load((SPACE / "README.md").read_text(encoding="utf-8").split("---\n")[1])


def test_everything_after_the_first_step_runs_as_user_1000() -> None:
    names = [name for name, _ in steps()]
    assert names[:3] == ["FROM", "RUN", "USER"]
    (user,) = rest("USER")
    assert user not in ("root", "0")
    assert rest("RUN")[0] == f"useradd --create-home --home-dir /board --uid 1000 {user}"
    assert all(f"--chown={user} " in words for words in rest("COPY"))


def test_one_port_everywhere() -> None:
    port = environment()["QSLBENCH_BOARD_PORT"]
    assert rest("EXPOSE") == [port]
    front = front_matter()
    assert (front["sdk"], front["app_port"], front["hf_oauth"]) == ("docker", int(port), True)


def test_the_installed_extras_are_ours_and_pinned() -> None:
    (install,) = [words for words in rest("RUN") if "pip install" in words]
    (extras,) = re.findall(r'\$\(ls qslbench-\*\.whl\)\[([a-z,]+)\]"$', install)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in extras.split(","):
        wanted += project["optional-dependencies"][extra]
    pins = re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    named = {canonicalize_name(requirement.name) for requirement in map(Requirement, wanted)}
    assert named - {canonicalize_name(name) for name in pins} == set()
    assert "-c constraints.txt" in install


def test_what_is_copied_is_assembled() -> None:
    assembled = {path.name for path in module("assemble").FILES} | {"qslbench-*.whl"}
    copied = {word for words in rest("COPY") for word in words.split()[1:-1]}
    assert copied == assembled - {"README.md", "Dockerfile"}
    for command in (rest("CMD")[0], rest("HEALTHCHECK")[0].split("CMD ")[1]):
        assert json.loads(command)[:2] == ["python", "start.py"]


def test_the_variables_of_the_code_are_those_of_the_readme() -> None:
    code = (SPACE / "start.py").read_text(encoding="utf-8")
    start = module("start")
    names = re.findall(r"\{(BOARD|SPACE)\}([A-Z_]+)", code) + [
        (prefix, name) for prefix in ("BOARD", "SPACE") for name in ("DATA", "PRIVATE")
    ]
    used = {getattr(start, prefix) + name for prefix, name in names}
    told = set(re.findall(r"QSLBENCH_[A-Z_]+", (SPACE / "README.md").read_text(encoding="utf-8")))
    assert told - used == set()
    assert used - told == set()


@pytest.fixture
def start():
    return module("start")


URL = {"QSLBENCH_BOARD_STORE": "postgresql://me@host/board"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "QSLBENCH_BOARD_STORE is not set"),
        ({"QSLBENCH_BOARD_STORE": "HOME/board"}, "on a disk that is emptied"),
        (URL, "neither QSLBENCH_SPACE_DATA nor QSLBENCH_BOARD_DATA"),
        (URL | {"QSLBENCH_BOARD_DATA": "d"}, "neither QSLBENCH_SPACE_PRIVATE"),
    ],
)
def test_a_start_without_what_it_needs_ends_with_a_sentence(start, tmp_path, given, words):
    given = {name: value.replace("HOME", str(tmp_path)) for name, value in given.items()}
    with pytest.raises(SystemExit, match=words):
        start.prepared(given, tmp_path)


def test_data_are_fetched_at_their_revision_with_the_token(start, tmp_path, monkeypatch):
    import huggingface_hub

    calls = []
    monkeypatch.setattr(
        huggingface_hub, "snapshot_download", lambda repo, **how: calls.append((repo, how))
    )
    given = URL | {
        "QSLBENCH_SPACE_DATA": "org/data@v1",
        "QSLBENCH_SPACE_PRIVATE": "org/labels",
        "HF_TOKEN": "secret",
    }
    ready = start.prepared(given, tmp_path)
    common = {"repo_type": "dataset", "token": "secret"}
    assert calls == [
        ("org/data", common | {"revision": "v1", "local_dir": tmp_path / "data"}),
        ("org/labels", common | {"revision": None, "local_dir": tmp_path / "private"}),
    ]
    assert ready["QSLBENCH_BOARD_DATA"] == str(tmp_path / "data")
    assert ready["QSLBENCH_BOARD_PRIVATE"] == str(tmp_path / "private")
    # A folder that is named takes the repository's place.
    calls.clear()
    ready = start.prepared(given | {"QSLBENCH_BOARD_DATA": "here"}, tmp_path)
    assert ready["QSLBENCH_BOARD_DATA"] == "here"
    assert [repo for repo, _ in calls] == ["org/labels"]


def test_the_sign_in_of_the_hub_reaches_streamlit(start, tmp_path):
    given = {
        "OAUTH_CLIENT_ID": "id",
        "OAUTH_CLIENT_SECRET": 'a "quoted" \\ secret',
        "OPENID_PROVIDER_URL": "https://hub.test/",
        "SPACE_HOST": "me-board.test",
    }
    path = tmp_path / ".streamlit" / "secrets.toml"
    start.write_sign_in(given | {"SPACE_HOST": ""}, path)
    assert not path.exists()
    start.write_sign_in(given, path)
    auth = tomllib.loads(path.read_text(encoding="utf-8"))["auth"]
    assert auth.pop("cookie_secret")
    assert auth == {
        "redirect_uri": "https://me-board.test/oauth2callback",
        "client_id": "id",
        "client_secret": given["OAUTH_CLIENT_SECRET"],
        "server_metadata_url": "https://hub.test/.well-known/openid-configuration",
        "client_kwargs": {"scope": "openid profile"},
    }
    assert path.stat().st_mode & 0o077 == 0


def test_the_season_is_open_before_the_board_and_strangers_sign_in(start) -> None:
    given = {"QSLBENCH_BOARD_STORE": "postgresql://me@host/b", "QSLBENCH_BOARD_DATA": "d",
             "QSLBENCH_BOARD_PRIVATE": "p", "QSLBENCH_BOARD_FOLDER": "f"}  # fmt: skip
    assert start.season_command(given) is None
    opens = start.season_command(given | {"QSLBENCH_SPACE_SEASON": "2027-1"})
    assert opens == [
        *("-m", "qslbench", "season", "open", "--keep", "--data=d", "--private=p"),
        *("--store=postgresql://me@host/b", "--folder=f", "--", "2027-1"),
    ]
    for has, asked, expected in (
        (True, {}, "required"), (False, {}, "open"),
        (True, {"QSLBENCH_SPACE_SIGN_IN": "open"}, "open"),
    ):  # fmt: skip
        command = start.board_command(given | asked, has_sign_in=has)
        assert command == ["-m", "qslbench", "board", "--sign-in", expected, "--hide-labels"]


@pytest.mark.slow
def test_the_steps_of_the_image_serve_a_healthy_board(synthetic_folder, tmp_path) -> None:
    app, home, site = (tmp_path / name for name in ("app", "home", "site"))
    home.mkdir()
    module("assemble").assemble(app)
    (install,) = [words for words in rest("RUN") if "pip install" in words]
    # Without the network: the dependencies are those of this interpreter.
    pip = f"{shlex.quote(sys.executable)} -m pip install --no-deps --no-index -q --target {site}"
    step = install.replace("pip install --no-cache-dir --user", pip)
    assert step != install
    subprocess.run(["sh", "-ec", step], cwd=app, check=True, capture_output=True)
    port = Address.free("127.0.0.1", 0).port
    variables = {
        **environment(),
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": str(site),
        "QSLBENCH_BOARD_PORT": str(port),
        "QSLBENCH_BOARD_DATA": str(synthetic_folder.public),
        "QSLBENCH_BOARD_PRIVATE": str(synthetic_folder.private),
        "QSLBENCH_BOARD_STORE": str(home / "board"),
        "QSLBENCH_SPACE_EPHEMERAL": "1",
    }
    command, health = (
        [sys.executable, *json.loads(words)[1:]]
        for words in (rest("CMD")[0], rest("HEALTHCHECK")[0].split("CMD ")[1])
    )
    assert subprocess.run(health, cwd=app, env=variables, check=False).returncode == 1
    board = subprocess.Popen(
        command, cwd=app, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + SERVED_SECONDS
        while subprocess.run(health, cwd=app, env=variables, check=False).returncode:
            assert board.poll() is None, board.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.2)
        board.send_signal(signal.SIGTERM)  # as `docker stop` does
        out, _ = board.communicate(timeout=STOP_SECONDS)
        assert board.returncode == 0
        assert f":{port} " in out
    finally:
        board.kill()
        board.communicate()
    assert (home / "board").is_dir()
    assert Path(site, "qslbench", "command_line.py").is_file()
