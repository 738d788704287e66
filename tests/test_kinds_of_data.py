"""Kinds of data that the project does not know pass all of it, each from one file in `tests/toys`.

States of an evolution, single shots in packed bits, weighted graphs with nothing measured: they are
built, verified, published to the double of the Hub, loaded, learnt from, validated, scored, ranked,
compared and shown on every page, and no other file knows of them.
"""

import json
import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from datasets import load_dataset
from huggingface_hub import HfApi, constants
from huggingface_hub.utils import close_session

import builders
from baselines.running.protocol_run import plan, run_plan
from baselines.running.protocol_scores import score_plan
from baselines.running.run import run
from builders import families
from builders.building.blocks import rebuild_rows
from builders.building.build import build
from builders.core import discovery
from builders.core.errors import RequestError
from builders.dataset import manifest
from builders.dataset.config import Config
from builders.dataset.spec import BuildSpec
from builders.folders.verify import verify_folder, verify_rows
from builders.publishing.publish import publish
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display.place import BoardPlace
from leaderboard.ranking.comparison import compare
from leaderboard.submission.submission import read_submission, write_submission
from leaderboard.submission.validate import validate
from tests.hub.server import running
from tests.leaderboard.answers import metadata
from tests.leaderboard.pages import app_of
from tests.paths import ROOT

TOYS = ROOT / "tests" / "toys"
PACKAGES = (
    *("builders.families", "leaderboard.tasks", "leaderboard.views"),
    *("baselines.models", "baselines.protocols"),
)
SHOTS = 100_000
# Config → rows of its splits, copies a row, task, and the cell that is tried: n and M.
CONFIGS = {
    "toy_walk_n004": ({"train": 20, "test": 80, "test_ood": 4}, 32, "toy_magnetization", (16, 32)),
    "toy_bits_d05": ({"train": SHOTS, "test": SHOTS}, 1, "toy_observable", (SHOTS, 1)),
    "toy_graph_v005": ({"train": 20, "test": 12}, 0, "toy_cut", (20, 0)),
}
PAGES = sorted(path.stem for path in (ROOT / "leaderboard" / "views").glob("[a-z]*.py"))


@pytest.fixture(scope="module", autouse=True)
def toys() -> Iterator[None]:
    """The folder of toys as that of somebody's own plug-ins."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(discovery.VARIABLE, str(TOYS))
        yield
    for package in PACKAGES:
        if package not in sys.modules:
            continue
        path = sys.modules[package].__path__
        path[:] = [folder for folder in path if not folder.startswith(str(TOYS))]
        for name in [m for m in sys.modules if m.startswith(f"{package}.toy_")]:
            del sys.modules[name]


@pytest.fixture(scope="module")
def data(toys: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All three configs in one data set folder."""
    out = tmp_path_factory.mktemp("toys") / "data"
    for name, (rows, shots, _, _) in CONFIGS.items():
        here = Config.parse(name)
        build(BuildSpec(here.family.name, here.size, rows, shots, seed=3), out, workers=1)
    return out


def key_of(config: str) -> CellKey:
    _, _, task, (n, shots) = CONFIGS[config]
    return CellKey(config, task, n, shots)


@pytest.fixture(scope="module")
def board(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """A board with two entries in every cell: a baseline by its door, and an answer that is right
    but for little.
    """
    home = tmp_path_factory.mktemp("board")
    opened = Board.open(home / "board", data)
    for config in CONFIGS:
        key = key_of(config)
        name = "toy_lookup" if config == "toy_bits_d05" else "train_mean"
        run(name, data, config, key.task, key.n, key.shots, out=home / "a.parquet")
        opened.submit(home / "a.parquet")
        write_submission(
            home / "b.parquet", {key: nearly_right(data, key)}, metadata(name="oracle")
        )
        opened.submit(home / "b.parquet")
    yield opened
    opened.close()


def nearly_right(data: Path, key: CellKey) -> tuple[np.ndarray, np.ndarray]:
    hidden = builders.load(data.with_name("data-private"), key.config)["test"]
    task, here = tasks.load(key.task), Config.parse(key.config)
    exact = task.labels(hidden, here.family, here.size)
    if exact.dtype == np.bool_:
        exact = exact.copy()
        exact[::500] ^= True
        return hidden["row_id"], exact[:, 0]
    return hidden["row_id"], exact + 0.01


@pytest.mark.parametrize("config", CONFIGS)
def test_it_is_built_and_verified(config: str, data: Path) -> None:
    report = verify_folder(data)
    assert report.problems == ()
    assert verify_rows(data, config, 3, rebuild_rows).problems == ()
    private = data.with_name("data-private")
    assert verify_rows(private, config, 3, partial(rebuild_rows, solver="")).problems == ()


@pytest.mark.parametrize("config", CONFIGS)
def test_it_is_loaded_by_datasets(config: str, data: Path, tmp_path: Path) -> None:
    rows, _, task, _ = CONFIGS[config]
    found = load_dataset(str(data), config, cache_dir=str(tmp_path))
    assert {split: found[split].num_rows for split in rows} == rows
    label = tasks.load(task).label
    assert found["test"][0][label] is None
    assert found["train"][0][label] is not None
    ours = builders.load(data, config)["train"]
    for name in Config.parse(config).family.record.names:
        assert np.array_equal(np.array(found["train"][5][name]), ours[name][5])


# What huggingface_hub itself does.
@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
def test_they_are_published_and_come_back(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    labels = "org/toys-labels"
    with running(tmp_path / "hub") as hub:
        api = HfApi(endpoint=hub.url, token="hf_writer")
        sent = publish(data, "org/toys", private_repo=labels, tag="v1", api=api)
        copies = [
            Path(api.snapshot_download(repo, repo_type="dataset", local_dir=tmp_path / repo))
            for repo in ("org/toys", labels)
        ]
        again = publish(data, "org/toys", private_repo=labels, api=api)
        close_session()
    assert [one.sent for one in sent] == [True, True]
    assert [one.sent for one in again] == [False, False]
    for copy, source in zip(copies, (data, data.with_name("data-private")), strict=True):
        assert verify_folder(copy, copies[1]).problems == ()
        assert (copy / "manifest.json").read_bytes() == (source / "manifest.json").read_bytes()
    for config, (rows, _, _, _) in CONFIGS.items():
        found = load_dataset(str(copies[0]), config, cache_dir=str(tmp_path / "cache"))
        assert {split: found[split].num_rows for split in rows} == rows


def test_states_of_one_evolution_follow_each_other(data: Path) -> None:
    train = builders.load(data, "toy_walk_n004")["train"]
    assert train["trajectory"].tolist() == np.repeat(np.arange(5), 4).tolist()
    assert len(set(train["seed"].tolist())) == 5


@pytest.mark.parametrize("config", CONFIGS)
def test_it_is_validated_scored_and_ranked(config: str, board: Board, data: Path) -> None:
    key = key_of(config)
    rows = board.ranking(*key)
    assert rows[0].name == "oracle"
    assert [row.rank for row in rows] == [1, 2]
    score = rows[0].score
    assert score.low is not None
    assert score.low <= score.value <= score.high
    path = board.store.predictions_path(board.store.submission(rows[0].id).predictions_sha256)
    validate(read_submission(path), data)
    expected = {"toy_walk_n004": 0.01, "toy_bits_d05": 1 / 500, "toy_graph_v005": 0.99}[config]
    assert score.value == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("config", CONFIGS)
def test_ranking_and_comparison_say_the_same(config: str, board: Board) -> None:
    first, second = board.ranking(*key_of(config))
    (found,) = compare(board.store, first.id, second.id, track=key_of(config).track)
    assert (found.first, found.second) == pytest.approx((first.score.value, second.score.value))
    assert found.metric == first.primary
    assert found.p < 0.05


@pytest.mark.parametrize("config", CONFIGS)
def test_skill_over_cells(config: str, board: Board) -> None:
    first, second = board.overall([key_of(config)])
    assert first.mean_skill.value > max(0.5, second.mean_skill.value)


def test_a_protocol_runs_what_applies(data: Path, tmp_path: Path) -> None:
    wanted = plan("toy_half", data, tmp_path)
    said = {(job.point.config, job.baseline) for job in wanted.jobs}
    assert ("toy_bits_d05", "toy_lookup") in said
    assert ("toy_walk_n004", "toy_lookup") not in said
    small = plan("toy_half", data, tmp_path, models=["train_mean", "toy_lookup", "ridge"])
    run_plan(small, workers=1)
    score_plan(small, data.with_name("data-private"))
    records = [json.loads(p.read_text()) for p in small.folder.home.glob("cells/*.json")]
    assert not [record for record in records if "refused" in record]
    scores = list(small.folder.home.glob("scores/*.json"))
    assert len(scores) == len(small.jobs)


@pytest.mark.parametrize("page", [*PAGES, "toy_page"])
@pytest.mark.parametrize("config", CONFIGS)
def test_every_page_shows_it(
    page: str, config: str, board: Board, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = BoardPlace(str(board.store.folder), str(data), labels="1")
    for name, value in place.to_environment().items():
        monkeypatch.setenv(name, value)
    if page == "toy_page":
        app = app_of(TOYS / "views" / "toy_page.py")
    else:  # inside the menu: pages link to one another
        app = app_of(ROOT / "leaderboard" / "app.py")
        app.switch_page(f"views/{page}.py")
    key, rows = key_of(config), board.ranking(*key_of(config))
    asked = {"config": config, "task": key.task, "n": str(key.n), "M": str(key.shots)}
    asked |= {"track": key.track, "id": rows[0].id, "first": rows[0].id, "second": rows[1].id}
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert not [element.value for element in app.error]


def test_a_toy_that_is_declared_wrongly_is_refused(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "families").mkdir()
    text = (TOYS / "families" / "toy_graph.py").read_text()
    wrong = text.replace('name = "toy_graph"', 'name = "toy_wrong"').replace(
        '"cut", "float64"', '"parameters", "float64"'
    )
    (tmp_path / "families" / "toy_wrong.py").write_text(wrong)
    monkeypatch.setenv(discovery.VARIABLE, os.pathsep.join([str(TOYS), str(tmp_path)]))
    with pytest.raises(ValueError, match=r"toy_wrong is declared wrongly: .*'parameters'.* twice"):
        families.load("toy_wrong")
    sys.modules["builders.families"].__path__.remove(str(tmp_path / "families"))


def test_rows_of_a_seed_that_are_not_as_many_as_declared_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evolutions would be cut elsewhere than where one ends."""
    family = families.load("toy_walk")
    monkeypatch.setattr(type(family), "rows_a_seed", 5)
    monkeypatch.setattr(type(family), "block", lambda *_: 5)
    spec = BuildSpec("toy_walk", Config.parse("toy_walk_n004").size, {"train": 20}, 32, seed=0)
    with pytest.raises(RequestError, match="`draw_rows` gave 4 rows of a seed"):
        build(spec, tmp_path / "data", workers=1)


def test_settings_that_mean_nothing_here_are_refused(tmp_path: Path) -> None:
    here = Config.parse("toy_graph_v005")
    spec = BuildSpec("toy_graph", here.size, {"train": 1}, 0, seed=0)
    with pytest.raises(RequestError, match="needs none, its rows are made"):
        build(spec, tmp_path / "data", solver="block2", workers=1)
    with pytest.raises(RequestError, match="nothing is measured here"):
        BuildSpec("toy_graph", here.size, {"train": 1}, 5, seed=0)
    assert manifest.NAME not in {p.name for p in tmp_path.rglob("*")}
