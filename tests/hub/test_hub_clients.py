"""The whole round trip by the command and the real clients, each in a process of its own."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from builders.core.names import Size
from builders.folders import verify
from tests.builders.synthetic import SPEC, SyntheticFolder, make_folder, make_split
from tests.hub.client import User
from tests.hub.server import Hub, running
from tests.hub.test_publish import LABELS, REPO, on_disk, on_hub, write

pytestmark = pytest.mark.slow

CONFIG = SPEC.config
OTHER = replace(SPEC, size=Size(5))
LOAD = f"""
import json, builders
data = builders.load({REPO!r}, {CONFIG!r}, revision=%r)
print(json.dumps([data["train"]["energy"].tolist(), str(data["train"]["shots"].dtype)]))
"""
READ = f"""
import json
import numpy as np
from datasets import load_dataset

old, new = (load_dataset({REPO!r}, {CONFIG!r}, revision=r) for r in ("v1", "v2"))
index = load_dataset({REPO!r})
columns = old["train"].select_columns(["shots"]).with_format("numpy", dtype=np.uint8)[:]
stream = load_dataset({REPO!r}, {CONFIG!r}, revision="v1", split="test", streaming=True)
first = next(iter(stream))
print(json.dumps({{
    "old": old["train"]["energy"][:], "new": new["train"]["energy"][:],
    "splits": {{split: rows.num_rows for split, rows in old.items()}},
    "index": {{split: rows.num_rows for split, rows in index.items()}},
    "shots": [str(columns["shots"].dtype), columns["shots"].tolist()],
    "correlation": old["train"][3]["correlation"],
    "streamed": [first["row_id"], first["energy"], np.asarray(first["shots"]).shape],
}}))
"""

COPY = f"""
import json
from pathlib import Path
import duckdb, pandas, polars
from huggingface_hub import snapshot_download

folder = snapshot_download({REPO!r}, repo_type="dataset", revision="v1")
(file,) = Path(folder, "data", {CONFIG!r}).glob("train-*.parquet")
rows = duckdb.sql(f"select energy from '{{file}}' order by row_id").fetchall()
print(json.dumps([
    folder,
    polars.read_parquet(file)["energy"].to_list(),
    pandas.read_parquet(file)["energy"].tolist(),
    [row[0] for row in rows],
]))
"""
KILLED = """
import os, sys
from huggingface_hub import HfApi
import qslbench
HfApi.create_commit = lambda *args, **options: os._exit(9)
sys.argv = ["qslbench", "publish", *%r]
qslbench.main()
"""
# What does not depend on the way the bytes travel runs once.
by_lfs = pytest.mark.parametrize("shelf", ["lfs"], indirect=True)


@dataclass(frozen=True)
class Shelf:
    """A Hub with v1 and v2 of a data set of two configs, published by the command."""

    hub: Hub
    user: User
    made: SyntheticFolder
    v1: dict[str, bytes]
    new: np.ndarray

    def newcomer(self, home: Path) -> User:
        """Somebody with an empty cache and no token."""
        return self.user.but(home=home, token="")


@pytest.fixture(scope="module", params=["lfs", "xet"])
def shelf(request, tmp_path_factory):
    root = tmp_path_factory.mktemp(request.param)
    made = make_folder(root, SPEC, OTHER)
    with running(root / "hub") as hub:
        user = User(hub.url, root / "writer", xet=request.param == "xet")
        given = (made.public, "--repo", REPO, "--private-repo", LABELS)
        user.publishes(*given, "--revision", "v1")
        v1 = on_disk(made.public)
        new = make_split(SPEC, "train")["energy"] - 0.25
        write(made, SPEC, energy=new)
        done = user.publishes(*given, "--revision", "v2")
        assert f"data/{CONFIG}/train-00000-of-00001.parquet" in done["repositories"][0]["changed"]
        assert bool(hub.named("xet-write-token")) == user.xet
        assert bool(hub.named("^PUT /lfs/")) != user.xet
        yield Shelf(hub, user, made, v1, new)


def test_both_revisions_are_on_the_hub_byte_for_byte(shelf):
    assert on_hub(shelf.hub, REPO, "v1") == shelf.v1
    assert on_hub(shelf.hub, REPO, "v2") == on_disk(shelf.made.public)
    assert on_hub(shelf.hub, LABELS, "v2") == on_disk(shelf.made.private)
    assert shelf.hub.repositories[LABELS].private


def test_datasets_loads_by_config_and_revision_and_streams(shelf, tmp_path):
    read = shelf.newcomer(tmp_path).gets(READ)
    train, test = (shelf.made.splits[split] for split in ("train", "test"))
    assert read["old"] == train["energy"].tolist()
    assert read["new"] == shelf.new.tolist()
    assert read["splits"] == {"train": 12, "test": 10}
    assert read["index"] == {"rows": 44}
    assert read["shots"] == ["uint8", train["shots"].tolist()]
    assert np.array_equal(np.float32(read["correlation"]), train["correlation"][3])
    assert read["streamed"] == [int(test["row_id"][0]), None, [32, 8]]


def test_load_is_pinned_and_fetches_only_its_files_once(shelf, tmp_path):
    user = shelf.newcomer(tmp_path)
    shelf.hub.log.clear()
    old, dtype = user.gets(LOAD % "v1")
    assert old == shelf.made.splits["train"]["energy"].tolist()
    assert dtype == "uint8"
    fetched = {line.split("/", 6)[-1] for line in shelf.hub.named("/resolve/")}
    assert fetched <= {"manifest.json"} | {
        f"data/{CONFIG}/{split}-00000-of-00001.parquet" for split in ("train", "test")
    }
    shelf.hub.log.clear()
    assert user.gets(LOAD % "v1")[0] == old
    # One request: which commit the tag is on.
    assert shelf.hub.log == [f"GET /api/datasets/{REPO}/revision/v1"]
    commit = shelf.hub.repositories[REPO].tags["v1"]
    shelf.hub.log.clear()
    assert user.gets(LOAD % commit)[0] == old
    assert shelf.hub.log == []
    assert user.gets(LOAD % None)[0] == user.gets(LOAD % "v2")[0] == shelf.new.tolist()


@by_lfs
def test_load_without_the_hub_gives_the_asked_revision_or_none(shelf, tmp_path):
    user = shelf.newcomer(tmp_path)
    old = user.gets(LOAD % "v1")[0]
    # Nothing listens on port 9; and the client may be told to stay offline.
    away = user.but(url="http://127.0.0.1:9")
    offline = user.but(more={"HF_HUB_OFFLINE": "1"})
    for lonely in (away, offline):
        assert lonely.gets(LOAD % "v1")[0] == old
        done = lonely.runs(LOAD % "v2")
        assert done.returncode == 1
        assert f"WorkError: '{REPO}' is not a folder here" in done.stderr
        assert "revision 'v2' of it could not be fetched from the Hub" in done.stderr
        assert "Cached revisions: v1." in done.stderr
    assert "revision 'main' of it could not be fetched" in away.runs(LOAD % None).stderr
    user.gets(LOAD % "v2")
    assert away.gets(LOAD % "v1")[0] == old
    assert away.gets(LOAD % "v2")[0] == shelf.new.tolist()
    other = LOAD.replace(CONFIG, OTHER.config) % "v1"
    assert "is not whole in the cache" in away.runs(other).stderr


@by_lfs
def test_load_from_a_hub_that_stumbles(shelf, tmp_path):
    user = shelf.newcomer(tmp_path)
    shelf.hub.faults.every = (3, 503)
    try:
        assert user.gets(LOAD % "v1")[0] == shelf.made.splits["train"]["energy"].tolist()
        shelf.hub.faults.every = (1, 503)
        assert user.gets(LOAD % "v1")[0] == shelf.made.splits["train"]["energy"].tolist()
        done = user.runs(LOAD % "v2")
    finally:
        shelf.hub.faults.every = None
    assert "503" in done.stderr.splitlines()[-1]
    assert "Cached revisions: v1." in done.stderr


@by_lfs
@pytest.mark.parametrize(
    ("repo", "revision", "message"),
    [("org/none", "v1", "'org/none' at revision v1"), (REPO, "v9", "at revision v9 is neither")],
)
def test_load_of_what_is_not_there(shelf, tmp_path, repo, revision, message):
    done = shelf.newcomer(tmp_path).runs((LOAD % revision).replace(REPO, repo))
    assert message in done.stderr.splitlines()[-1]
    assert "RequestError" in done.stderr.splitlines()[-1]


@by_lfs
def test_hidden_labels_need_a_token(shelf, tmp_path):
    code = (LOAD % "v2").replace(REPO, LABELS).replace('"train"', '"test"')
    code = code.replace("shots", "row_id")
    assert "neither a folder here" in shelf.newcomer(tmp_path / "a").runs(code).stderr
    energies = shelf.user.but(home=tmp_path / "b").gets(code)[0]
    assert energies == shelf.made.splits["test"]["energy"].tolist()


def test_a_downloaded_copy_verifies_and_other_tools_read_it(shelf, tmp_path):
    folder, *energies = shelf.newcomer(tmp_path).gets(COPY)
    assert energies == [shelf.made.splits["train"]["energy"].tolist()] * 3
    copy = Path(folder)
    shard = copy / f"data/{CONFIG}/train-00000-of-00001.parquet"
    assert shard.is_symlink()  # the cache keeps the bytes elsewhere
    report = verify.verify_folder(copy)
    assert (report.problems, report.rows) == ((), 44)
    raw = bytearray(shard.read_bytes())
    raw[len(raw) // 2] ^= 1
    shard.resolve().write_bytes(raw)
    assert any("has other bytes" in text for text in verify.verify_folder(copy).problems)


@by_lfs
def test_the_command_shows_a_plan_and_names_what_is_wrong(shelf, tmp_path):
    given = ("publish", shelf.made.public, "--repo", "org/next", "--dry-run")
    done = shelf.user.qslbench(*given)
    assert done.returncode == 0, done.stderr
    assert "org/next (public, to be created)" in done.stdout
    assert done.stdout.endswith("dry run: nothing was sent\n")
    plan = json.loads(shelf.user.qslbench(*given, "--json").stdout)
    assert (plan["dry_run"], plan["repositories"][0]["create"]) == (True, True)
    wrong = shelf.user.qslbench("publish", shelf.made.private, "--repo", "org/next")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "a public one is needed" in wrong.stderr
    bare = shelf.user.but(token="").qslbench("publish", shelf.made.public, "--repo", "org/next")
    assert (bare.returncode, "HF_TOKEN" in bare.stderr) == (2, True)
    away = shelf.user.but(url="http://127.0.0.1:9").qslbench(*given)
    assert (away.returncode, "Traceback" in away.stderr) == (0, False)  # a plan needs no network
    assert "org/next" not in shelf.hub.repositories


def test_a_publish_that_is_killed_is_gone_on_with(shelf, tmp_path):
    repo = f"org/killed-{'xet' if shelf.user.xet else 'lfs'}"
    given = (shelf.made.public, "--repo", repo, "--revision", "v1")
    # The process dies when everything but the commit is done.
    done = shelf.user.runs(KILLED % [*map(str, given)])
    assert done.returncode == 9, done.stderr
    assert on_hub(shelf.hub, repo) == {}
    shelf.hub.log.clear()
    shelf.user.publishes(*given)
    assert shelf.hub.named("^PUT") == []
    assert on_hub(shelf.hub, repo, "v1") == on_disk(shelf.made.public)
