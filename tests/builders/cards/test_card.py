"""The card and croissant.json, read by the tools of others: datasets and mlcroissant."""

import json
import os
import re
import subprocess
import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from builders import families
from builders.cards import card
from builders.cards import text as card_text
from builders.commands.card import command as card_command
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import manifest
from builders.folders.verify import verify_folder
from tests.builders.synthetic import SPEC, make_folder

# What a user does who has `datasets` and nothing of ours; it runs outside the repository.
READER = r"""
import json, os, re, shutil, sys
from pathlib import Path
import numpy as np
from datasets import load_dataset

folder, private = sys.argv[1:]
index = load_dataset(folder)
data = load_dataset(folder, "tfim_1d_n008")
hidden = load_dataset(private, "tfim_1d_n008")
shots = data["train"].select_columns(["shots"]).with_format("numpy", dtype=np.uint8)[:]["shots"]
readme = Path(folder, "README.md").read_text(encoding="utf-8")
shutil.copytree(folder, "wrong")
wrong = readme.replace("num_examples: 12", "num_examples: 13")
Path("wrong", "README.md").write_text(wrong, encoding="utf-8")
try:
    load_dataset("wrong", "tfim_1d_n008")
    refusal = ""
except Exception as error:
    refusal = type(error).__name__
# As printed: the reader stands beside the folder.
os.chdir(Path(folder).parent)
scopes = []
for snippet in re.findall(r"```python\n(.*?)```", readme, re.DOTALL):
    scopes.append({})
    exec(snippet, scopes[-1])
scope = scopes[0]
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
    "snippets": len(scopes),
    "snippet_energy": scope["row"]["energy"],
    "wrong_count": [wrong != readme, refusal],
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
    assert reading["snippets"] == 1
    assert reading["snippet_energy"] == synthetic_master.splits["train"]["energy"][0]


def test_a_wrong_row_count_fails_the_load(reading):
    assert reading["wrong_count"] == [True, "NonMatchingSplitsSizesError"]


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
        "seed", "energy", "correlation", "renyi2", "renyi2_blocks", "phase", "phase_margin",
        "energy_variance", "label_error_correlation", "label_error_renyi2",
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
        "Families and parameter ranges",
        "Configs and splits",
        "Columns",
        "How the labels were made, and how exact they are",
        "Cost",
        "Why it is hard",
        "How to evaluate",
        "Baselines",
        "What not to conclude",
        "Licence and citation",
    ]
    assert not re.findall(r"\{\{[a-z_]+\}\}", text)
    assert "H = -sum_i J_i Z_i Z_{i+1} - sum_i h_i X_i" in text
    assert "max_energy_variance 1e-09" in text
    assert "Classes of `phase`: paramagnetic, ordered. Ordered where the mean of ln|J|" in text
    assert "test_ood" not in text
    assert "| `tfim_1d_n008` | `correlation`, `renyi2`, `energy` |" in text
    assert "None measured on these data yet." in text


def test_the_card_shows_the_distribution_of_the_certificate(synthetic_folder):
    values = np.concatenate([a["energy_variance"] for a in synthetic_folder.splits.values()])
    expected = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95, 1.0])
    entry = manifest.read(synthetic_folder.public).configs["tfim_1d_n008"]
    assert list(entry.certificate["energy_variance"].values()) == expected.tolist()
    text = (synthetic_folder.public / "README.md").read_text(encoding="utf-8")
    cells = " | ".join(f"{value:.2g}" for value in expected)
    assert f"| `tfim_1d_n008` | `energy_variance` | {cells} |" in text


def test_the_card_shows_the_v_scores_to_two_digits(synthetic_folder):
    rows = synthetic_folder.splits.values()
    values = np.concatenate([8 * a["energy_variance"] / a["energy"] ** 2 for a in rows])
    expected = [f"{v:.2g}" for v in np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95, 1.0])]
    entry = manifest.read(synthetic_folder.public).configs["tfim_1d_n008"]
    assert list(entry.certificate["v_score"].values()) == [float(text) for text in expected]
    text = (synthetic_folder.public / "README.md").read_text(encoding="utf-8")
    assert "The V-score (`v_score` in the index) of a row is N · energy_variance" in text
    assert f"| `tfim_1d_n008` | {' | '.join(expected)} |" in text


def record(**changes):
    score = {
        "baseline": "ridge", "config": "tfim_1d_n008", "task": "correlation", "n": 12,
        "shots": 32, "metric": "rmse", "value": 0.25, "low": 0.2, "high": 0.3, "skill_x": -1.5,
        "cpu_seconds": 0.5,
    }  # fmt: skip
    body = {
        "command": "qslbench protocol gspe",
        "hardware": "a CPU",
        "data_seed": 7,
        "data_format": 2,
    }
    return {**body, "scores": [score | changes]}


def write_record(path, *records):
    path.write_text(json.dumps(list(records)), encoding="utf-8")
    return path


def run_card(*arguments):
    return CliRunner().invoke(card_command, [str(a) for a in arguments])


def test_baselines_are_kept_in_the_folder_and_shown(synthetic_folder, tmp_path):
    scores = write_record(tmp_path / "scores.json", record(), record(config="xy_1d_n008"))
    done = run_card(synthetic_folder.public, "--baselines", scores)
    assert done.exit_code == 0, done.output
    row = (
        "| `tfim_1d_n008` | correlation | 12 | 32 | `ridge` | rmse | 0.2500 [0.2000, 0.3000] "
        "| -1.5000 | 0.50 |"
    )
    readme = synthetic_folder.public / "README.md"
    assert row in readme.read_text(encoding="utf-8")
    assert "xy_1d" not in readme.read_text(encoding="utf-8")
    assert verify_folder(synthetic_folder.public).ok
    # Written again without the option, they stay.
    assert run_card(synthetic_folder.public).exit_code == 0
    assert row in readme.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"config": "tfim_1d_n010"}, "no score is on the data"),
        ({"value": "high"}, "not a record of measurements"),
        ({"colour": "red"}, "not a record of measurements"),
    ],
)
def test_baselines_of_other_data_or_form_are_refused(synthetic_folder, tmp_path, changes, words):
    before = (synthetic_folder.public / "manifest.json").read_bytes()
    scores = write_record(tmp_path / "scores.json", record(**changes))
    refusal = run_card(synthetic_folder.public, "--baselines", scores).exception
    assert isinstance(refusal, RequestError)
    assert words in str(refusal)
    assert (synthetic_folder.public / "manifest.json").read_bytes() == before


@pytest.mark.parametrize("other", [{"data_seed": 8}, {"data_format": 1}])
def test_scores_of_other_rows_are_refused(synthetic_folder, tmp_path, other):
    scores = write_record(tmp_path / "scores.json", record() | other)
    refusal = run_card(synthetic_folder.public, "--baselines", scores).exception
    assert "no score is on the data" in str(refusal)


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
    from datasets.info import DatasetInfosDict
    from huggingface_hub import DatasetCardData

    front = card.front_matter(manifest.read(synthetic_folder.public))
    written = DatasetCardData()
    DatasetInfosDict.from_dataset_card_data(DatasetCardData(**front)).to_dataset_card_data(written)
    features = {info["config_name"]: info["features"] for info in front["dataset_info"]}
    assert len(features) > 1
    assert {info["config_name"]: info["features"] for info in written["dataset_info"]} == features


def test_private_card_says_what_it_is(synthetic_folder):
    text = (synthetic_folder.private / "README.md").read_text(encoding="utf-8")
    assert "Do not publish" in text


@pytest.fixture(scope="module")
def described(synthetic_master):
    with warnings.catch_warnings():
        # rdflib and mlcroissant use deprecated calls of their own dependencies.
        warnings.simplefilter("ignore")
        import mlcroissant

        yield mlcroissant.Dataset(str(synthetic_master.public / "croissant.json"))


def test_croissant_is_valid_and_describes_responsible_use(described, synthetic_master):
    metadata = described.metadata
    assert metadata.ctx.issues.errors == set()
    for name in (
        "data_collection", "data_collection_type", "data_collection_missing_data",
        "data_preprocessing_protocol", "data_annotation_protocol", "data_annotation_analysis",
        "machine_annotation_tools", "data_biases", "data_use_cases", "data_limitations",
        "data_social_impact", "personal_sensitive_information", "data_release_maintenance_plan",
    ):  # fmt: skip
        assert getattr(metadata, name), name
    assert "Labels of test rows are withheld" in metadata.data_collection_missing_data
    assert metadata.machine_annotation_tools[0].startswith("solver synthetic: numpy ")
    body = json.loads((synthetic_master.public / "croissant.json").read_text(encoding="utf-8"))
    assert body["rai:hasSyntheticData"] is True


def test_croissant_reads_the_files(described, synthetic_master):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = list(described.records("tfim_1d_n008/train"))
        index = list(described.records("index"))
    train = synthetic_master.splits["train"]
    assert len(rows) == 12
    shots = np.array([row["tfim_1d_n008/train/shots"] for row in rows])
    assert np.array_equal(shots, train["shots"])
    assert [row["tfim_1d_n008/train/energy"] for row in rows] == train["energy"].tolist()
    assert [row["index/row_id"] for row in index] == [*range(12), *range(10**6, 10**6 + 10)]


def test_croissant_describes_every_config_with_shapes(tmp_path):
    other = replace(SPEC, family="heisenberg_2d", size=Size.parse("2x3"), shots=4)
    public = make_folder(tmp_path, SPEC, other).public
    body = json.loads((public / "croissant.json").read_text(encoding="utf-8"))
    fields = {f["@id"]: f for s in body["recordSet"] for f in s["field"]}
    for name, shape in (
        ("tfim_1d_n008/train/shots", "32,8"),
        ("tfim_1d_n008/test/correlation", "8,8"),
        ("heisenberg_2d_02x03/train/shots", "4,6"),
        ("heisenberg_2d_02x03/test/renyi2", "5"),
    ):
        assert fields[name]["isArray"]
        assert fields[name]["arrayShape"] == shape
    assert "arrayShape" not in fields["tfim_1d_n008/train/energy"]


@pytest.mark.parametrize(
    ("family", "size", "shots", "said", "not_said"),
    [
        (
            *("surface_code", "3", 1),
            ("A row is one shot, so that M is 1", "`logical_error`", "`circuit.stim` and `model"),
            ("`parameters` is", "rmse", "estimated from", "anyone with a classical solver"),
        ),
        (
            *("qaoa_maxcut", "8", 0),
            (
                "Nothing is measured, so that M is 0",
                "`ratio` is",
                "Angles that differ by",
                "`parameters` is",
            ),
            ("rmse", "estimated from", "The shots are simulated"),
        ),
    ],
)
def test_cards_of_codes_and_graphs_speak_of_what_they_are(
    family: str, size: str, shots: int, said: tuple[str, ...], not_said: tuple[str, ...]
) -> None:
    declared = families.load(family)
    entry = manifest.ConfigEntry(
        family=family,
        size=size,
        shots=shots,
        seed=1,
        rows={"train": 4},
        formula=declared.formula,
        distribution=declared.distribution,
        parameters=[],
        solver=declared.method,
        tolerances={},
        versions={},
        certificate={},
        hardware="",
        wall_seconds=1.0,
        cpu_seconds=1.0,
        record=declared.record.kind,
        channel=declared.usual_channel or None,
    )
    configs = {entry.spec.config: entry}
    text = card_text.public(manifest.Manifest(name="data", visibility="public", configs=configs))
    assert not [words for words in said if words not in text]
    assert not [words for words in not_said if words in text]
