"""The card and croissant.json, read by the tools of others: datasets and mlcroissant."""

import json
import os
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest
import yaml

from builders import card, manifest

# What a user does who has `datasets` and nothing of ours; it runs outside the repository.
READER = """
import json, sys
from pathlib import Path
import numpy as np
from datasets import load_dataset

folder, private = sys.argv[1:]
index = load_dataset(folder)
data = load_dataset(folder, "tfim_1d_n008")
hidden = load_dataset(private, "tfim_1d_n008")
shots = data["train"].select_columns(["shots"]).with_format("numpy", dtype=np.uint8)[:]["shots"]
readme = Path(folder, "README.md").read_text(encoding="utf-8")
snippet = readme.split("```python")[1].split("```")[0]
snippet = snippet.replace('source = "."', f"source = {folder!r}")
scope = {}
exec(snippet, scope)
print(json.dumps({
    "index": {split: rows.num_rows for split, rows in index.items()},
    "rows": {split: rows.num_rows for split, rows in data.items()},
    "features": {name: repr(kind) for name, kind in data["train"].features.items()},
    "test_features_equal": data["train"].features == data["test"].features,
    "test_row": {name: data["test"][0][name] is None for name in data["test"].features},
    "hidden": [hidden["test"][k]["energy"] for k in range(10)],
    "phase": [data["train"].features["phase"].int2str(row["phase"]) for row in data["train"]],
    "hidden_phase": [hidden["test"].features["phase"].names, hidden["test"]["phase"][:]],
    "correlation": data["train"][3]["correlation"],
    "shots": [str(shots.dtype), list(shots.shape), int(shots.sum())],
    "snippet_energy": scope["row"]["energy"],
    "ours": [m for m in ("builders", "leaderboard", "baselines", "qslbench") if m in sys.modules],
}))
"""


@pytest.fixture(scope="module")
def reading(synthetic_master, tmp_path_factory):
    home = tmp_path_factory.mktemp("reader")
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(home / "hf"),
        "HF_DATASETS_CACHE": str(home / "cache"),
    }
    folders = [str(synthetic_master.public), str(synthetic_master.private)]
    done = subprocess.run(
        [sys.executable, "-I", "-c", READER, *folders],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_load_dataset_needs_nothing_of_ours(reading, synthetic_master):
    assert reading["ours"] == []
    assert reading["index"] == {"rows": 22}
    assert reading["rows"] == {"train": 12, "test": 10}
    assert reading["snippet_energy"] == synthetic_master.splits["train"]["energy"][0]


def test_load_dataset_restores_arrays(reading, synthetic_master):
    train = synthetic_master.splits["train"]
    assert reading["features"]["shots"] == "Array2D(shape=(32, 8), dtype='uint8')"
    assert reading["features"]["correlation"] == "Array2D(shape=(8, 8), dtype='float32')"
    assert reading["features"]["parameters"] == "List(Value('float64'), length=15)"
    assert reading["features"]["row_id"] == "Value('int64')"
    assert np.array_equal(reading["correlation"], train["correlation"][3])
    assert reading["shots"] == ["uint8", [12, 32, 8], int(train["shots"].sum())]


def test_load_dataset_shows_hidden_labels_as_none_and_only_in_test(reading, synthetic_master):
    assert reading["test_features_equal"]
    assert [name for name, absent in reading["test_row"].items() if absent] == [
        "energy", "energy_variance", "correlation", "renyi2", "renyi2_blocks",
        "phase", "phase_margin",
    ]  # fmt: skip
    assert reading["hidden"] == synthetic_master.splits["test"]["energy"].tolist()


def test_load_dataset_knows_the_names_of_the_phases(reading, synthetic_master):
    names = ["paramagnetic", "ordered"]
    assert reading["features"]["phase"] == f"ClassLabel(names={names})"
    train, test = (synthetic_master.splits[split]["phase"] for split in ("train", "test"))
    assert reading["phase"] == [names[k] for k in train]
    assert {*reading["phase"]} == {*names}
    assert reading["hidden_phase"] == [names, test.tolist()]


def test_card_has_the_headings_of_a_good_card_and_no_hole(synthetic_folder):
    text = (synthetic_folder.public / "README.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == [
        "Loading",
        "Hamiltonians and parameter ranges",
        "Configs and splits",
        "Columns",
        "How the labels were made, and how exact they are",
        "Cost",
        "Why it is hard",
        "How to evaluate",
        "What not to conclude",
        "Licence and citation",
    ]
    assert not re.findall(r"\{\{[a-z_]+\}\}", text)
    assert "H = -sum_i J_i Z_i Z_{i+1} - sum_i h_i X_i" in text
    assert "max_energy_variance 1e-09" in text
    assert "Phases: paramagnetic, ordered. Ordered where the mean of ln|J|" in text
    assert "test_ood" not in text


def test_front_matter_is_yaml_with_licence_configs_and_counts(synthetic_folder):
    text = (synthetic_folder.public / "README.md").read_text(encoding="utf-8")
    front = card.parse_front_matter(text)
    assert front["license"] == "cc-by-4.0"
    assert [c["config_name"] for c in front["configs"] if c.get("default")] == ["index"]
    info = {i["config_name"]: i for i in front["dataset_info"]}
    counts = {s["name"]: s["num_examples"] for s in info["tfim_1d_n008"]["splits"]}
    assert counts == {"train": 12, "test": 10}
    assert yaml.safe_load(yaml.safe_dump(front)) == front


def test_features_in_the_card_are_what_datasets_itself_would_write(synthetic_folder):
    from datasets import Features

    found = manifest.read(synthetic_folder.public)
    for info in card.front_matter(found)["dataset_info"]:
        features = Features._from_yaml_list(info["features"])
        assert features._to_yaml_list() == info["features"]


def test_private_card_says_what_it_is(synthetic_folder):
    text = (synthetic_folder.private / "README.md").read_text(encoding="utf-8")
    assert "Do not publish" in text


def test_croissant_is_valid_and_reads_the_files(synthetic_folder):
    with warnings.catch_warnings():
        # rdflib and mlcroissant use deprecated calls of their own dependencies.
        warnings.simplefilter("ignore")
        import mlcroissant

        described = mlcroissant.Dataset(str(synthetic_folder.public / "croissant.json"))
        assert described.metadata.ctx.issues.errors == set()
        rows = list(described.records("tfim_1d_n008/train"))
    train = synthetic_folder.splits["train"]
    assert len(rows) == 12
    shots = np.array([row["tfim_1d_n008/train/shots"] for row in rows])
    assert np.array_equal(shots, train["shots"])
    assert [row["tfim_1d_n008/train/energy"] for row in rows] == train["energy"].tolist()
