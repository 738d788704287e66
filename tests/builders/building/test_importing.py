"""Import of the published text layout: what is written comes back, what is broken is named."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import builders
import qslbench
from baselines.contract.cell import Cell
from builders.building import importing, text_layout
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import manifest
from builders.folders import loading
from builders.folders.verify import verify_folder
from builders.folders.writing import write_config
from builders.publishing.upload import private_upload, public_upload
from leaderboard import Metadata
from leaderboard.scoring.evaluate import evaluate
from leaderboard.submission.submission import read_submission, write_submission
from leaderboard.submission.validate import validate
from tests.builders.forging import forge_columns
from tests.builders.synthetic import PROVENANCE, SPEC, make_split
from tests.builders.text_folder import SIZE, write_instances, write_text

CONFIG = "heisenberg_2d_02x03"
STEM = "heisenberg_2x3_id2"
ERRORS = ("label_error_correlation", "label_error_renyi2")


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    """Folder of text, and the labels of its instances."""
    folder = tmp_path_factory.mktemp("published") / "text"
    return folder, write_instances(folder, 5)


@pytest.fixture
def text(master, tmp_path):
    """A copy of the folder, to break."""
    return Path(shutil.copytree(master[0], tmp_path / "text"))


def run(*arguments):
    """The command in this process: exit status, output, refusal."""
    return CliRunner().invoke(qslbench.cli, [str(a) for a in arguments])


def run_import(folder, out, *more):
    return run("import", folder, "--family", "heisenberg_2d", "--size", "2x3", "--out", out, *more)


@pytest.fixture(scope="module")
def imported(master, tmp_path_factory):
    """Imported without and with --solve."""
    root = tmp_path_factory.mktemp("imported")
    for name, more in (("plain", ()), ("solved", ("--solve",))):
        done = run_import(master[0], root / name, "--train", 3, "--test", 2, *more)
        assert done.exit_code == 0, done.output + repr(done.exception)
    return root


def column(made, name):
    return np.stack([instance[name] for instance in made])


def test_what_was_written_comes_back(master, imported):
    made = master[1]
    public = loading.load(imported / "plain", CONFIG)
    private = loading.load(imported / "plain-private", CONFIG)
    train, test = public["train"], public["test"]
    assert np.array_equal(train["parameters"], column(made[:3], "J"))
    assert np.array_equal(test["parameters"], column(made[3:], "J"))
    assert np.array_equal(train["shots"], column(made[:3], "shots"))
    assert np.array_equal(test["shots"], column(made[3:], "shots"))
    assert np.array_equal(train["energy"], column(made[:3], "energy"))
    assert np.array_equal(private["test"]["energy"], column(made[3:], "energy"))
    # float32 in the data, 16 digits in the text.
    exact = column(made, "correlation")
    assert np.abs(train["correlation"] - exact[:3]).max() < 1e-7
    assert np.abs(private["test"]["correlation"] - exact[3:]).max() < 1e-7
    assert not {"energy", "correlation", "renyi2"} & set(test)


def test_shots_estimate_the_correlations(master, imported):
    train = loading.load(imported / "plain", CONFIG)["train"]
    off = builders.shadow_correlation(train["shots"]) - train["correlation"]
    # 3 rows x 15 pairs of standard error sqrt(3 / 200) at most: five of them.
    assert np.abs(off).max() < 5 * np.sqrt(3 / 200)
    assert np.abs(off).max() > 0.01


def test_missing_labels_are_null_and_their_tasks_are_not_offered(imported, tmp_path):
    folder, hidden = imported / "plain", imported / "plain-private"
    entry = manifest.read(folder).configs[CONFIG]
    assert entry.absent == ("renyi2", "renyi2_blocks", "energy_variance", *ERRORS)
    train = loading.load(folder, CONFIG)["train"]
    assert not set(entry.absent) & set(train)
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert f"| `{CONFIG}` | `correlation`, `energy` |" in card
    assert f"has no values in: renyi2, renyi2_blocks, energy_variance, {', '.join(ERRORS)}" in card
    with pytest.raises(RequestError, match=r"unknown task of .*'renyi2'.*correlation, energy"):
        Cell.open(folder, CONFIG, "renyi2", 3, None)
    cell = Cell.open(folder, CONFIG, "correlation", 3, 200)
    answer = np.tile(cell.labels.mean(axis=0), (2, 1))
    about = Metadata(name="mean", authors=("Me",), entry_class="learned", uses_test_shots=False)
    for task, length in (("correlation", 36), ("renyi2", 5)):
        path = tmp_path / f"{task}.parquet"
        key = (CONFIG, task, 3, 200)
        write_submission(path, {key: (cell.rows.row_id, answer[:, :length])}, about)
        submission = read_submission(path)
        if task == "renyi2":
            with pytest.raises(RequestError, match="'renyi2'"):
                validate(submission, folder)
        else:
            validate(submission, folder)
            (report,) = evaluate(submission, folder, hidden)
            assert report.report.metrics["rmse"].value < 1


def test_solve_adds_the_labels_that_the_text_lacks(master, imported):
    made = master[1]
    entry = manifest.read(imported / "solved").configs[CONFIG]
    assert entry.absent is None
    train = loading.load(imported / "solved", CONFIG)["train"]
    for name in ("renyi2", "renyi2_blocks"):
        # float32 of an exact state.
        assert np.abs(train[name] - column(made[:3], name)).max() < 1e-6
    assert np.abs(train["energy_variance"]).max() < 1e-9
    assert entry.certificate["energy_difference_max"] < 1e-12
    # As stored, in float32.
    assert entry.certificate["correlation_difference_max"] < 2**-24
    assert entry.certificate["energy_factor"] == 1


def test_manifest_names_the_files_and_hides_those_of_hidden_labels(master, imported):
    public, private = (
        manifest.read(imported / name).configs[CONFIG] for name in ("plain", "plain-private")
    )
    assert public.solver == "imported"
    assert len(private.imported) == 30
    hidden = set(private.imported) - set(public.imported)
    assert hidden == {
        f"heisenberg_2x3_id{k}_{kind}.txt" for k in (4, 5) for kind in ("E", "XX", "YY", "ZZ")
    }
    for name, value in private.imported.items():
        assert hashlib.sha256((master[0] / name).read_bytes()).hexdigest() == value
    # A build of the same size has a seed that someone chose: never this one.
    assert public.seed == private.seed > 2**32


def test_an_imported_folder_may_be_published(imported):
    """Its seeds are a hash of the files, the same in both folders: they make no row."""
    for name in ("plain", "solved"):
        folder, hidden = imported / name, imported / f"{name}-private"
        entry = manifest.read(hidden).configs[CONFIG]
        assert entry.test_seed == manifest.read(folder).configs[CONFIG].seed
        assert "manifest.json" in public_upload(folder, hidden).files
        assert "manifest.json" in private_upload(hidden).files


def test_verify_checks_the_files_and_says_what_it_cannot(imported):
    for name in ("plain", "plain-private", "solved", "solved-private"):
        assert verify_folder(imported / name).problems == ()
    for name, left in (("plain", [CONFIG]), ("solved", []), ("solved-private", [CONFIG])):
        done = run("verify", imported / name, "--rows", 2, "--json")
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["not_rebuilt"] == left
        assert ("cannot be computed again" in done.stderr) == bool(left)


def test_verify_finds_a_solved_label_that_is_wrong(master, tmp_path, monkeypatch):
    right = importing._solve
    wrong = lambda *given: right(*given) | {"renyi2": np.full(5, 0.5, np.float32)}  # noqa: E731
    monkeypatch.setattr(importing, "_solve", wrong)
    assert run_import(master[0], tmp_path / "data", "--solve").exit_code == 0
    monkeypatch.setattr(importing, "_solve", right)
    refusal = run("verify", tmp_path / "data", "--rows", 2).exception
    assert "column renyi2 differs" in str(refusal)


def test_a_value_in_a_label_that_is_absent_is_found(imported, tmp_path):
    folder = Path(shutil.copytree(imported / "plain", tmp_path / "plain"))
    train = loading.load(folder, CONFIG)["train"]
    train["energy_variance"] = np.zeros(3)
    forge_columns(folder, f"data/{CONFIG}/train-00000-of-00001.parquet", CONFIG, train)
    problems = verify_folder(folder).problems
    assert any("energy_variance shows" in text for text in problems)


def change(folder, kind, line, edit):
    """Edit the words of one line of an instance's file; a list of words or of lines comes back."""
    path = folder / f"{STEM}_{kind}.txt"
    lines = path.read_text().splitlines()
    lines[line] = edit(lines[line])
    path.write_text("\n".join(lines) + "\n")


def word(k, new):
    def edit(line):
        words = line.split("\t")
        words[k] = new
        return "\t".join(words)

    return edit


@pytest.mark.parametrize(
    ("kind", "line", "edit", "said"),
    [
        ("couplings", 3, lambda _: "many", "couplings.txt, line 4: 'many' is not a number"),
        ("couplings", 2, lambda _: "nan", "couplings.txt, line 3: a number is not finite"),
        ("couplings", 0, lambda _: "1.0\n1.0", "couplings.txt, line 8: 8 lines, 7 are needed"),
        ("couplings", 1, lambda _: "", "couplings.txt, line 2: the line is empty"),
        ("XX", 2, lambda line: line + "\t0", "XX.txt, line 3: 7 numbers, 6 are needed"),
        ("XX", 1, lambda line: line.replace("\t", " "), "XX.txt, line 2: 1 numbers, 6 are needed"),
        ("YY", 1, word(4, "0.9"), "YY.txt, line 2: its transpose differs, column 5 holds 0.9"),
        ("ZZ", 4, word(4, "0.9"), "ZZ.txt, line 5: the diagonal is not 1, column 5 holds 0.9"),
        ("E", 0, lambda line: f"{float(line) * 1.01}", "is neither (3/2) nor 3 sum_b J_b C_b"),
        ("E", 0, lambda line: f"{-float(line)}", "is neither (3/2) nor 3 sum_b J_b C_b"),
        ("samples", 7, word(0, "6"), "samples.txt, line 8: '6' is not a token from 0 to 5"),
        ("samples", 0, word(5, "0.5"), "samples.txt, line 1: '0.5' is not a token"),
        ("samples", 199, word(5, "0\t1"), "samples.txt, line 200: 7 tokens, 6 are needed"),
        ("samples", 9, word(0, "\u0663"), "samples.txt is not plain text: byte"),
    ],
)
def test_a_malformed_file_is_named_with_line_and_reason(text, tmp_path, kind, line, edit, said):
    change(text, kind, line, edit)
    done = run_import(text, tmp_path / "data")
    assert isinstance(done.exception, RequestError)
    assert said in str(done.exception)
    assert STEM in str(done.exception)
    assert not (tmp_path / "data").exists()


def test_bonds_in_another_order_are_refused(text, tmp_path):
    for number in range(1, 6):
        path = text / f"heisenberg_2x3_id{number}_couplings.txt"
        path.write_text("\n".join(reversed(path.read_text().split())) + "\n")
    refusal = run_import(text, tmp_path / "data").exception
    assert "another order of the bonds" in str(refusal)


def test_an_anisotropic_state_is_refused(text, tmp_path):
    path = text / f"{STEM}_XX.txt"
    write_text(path, np.where(np.eye(6, dtype=bool), 1.0, 0.9 * np.loadtxt(path)))
    assert "XX, YY and ZZ differ" in str(run_import(text, tmp_path / "data").exception)


def test_tokens_of_another_encoding_are_refused(master, tmp_path):
    folder = Path(shutil.copytree(master[0], tmp_path / "text"))
    for path in folder.glob("*_2x3_*samples.txt"):
        tokens = np.loadtxt(path, dtype=int)
        write_text(path, tokens // 2 + 3 * (tokens % 2))
    assert "are not shots of these states" in str(run_import(folder, tmp_path / "d").exception)


def test_energies_without_the_half_are_brought_to_ours(text, master, tmp_path):
    for path in text.glob("heisenberg_2x3_id*_E.txt"):
        path.write_text(f"{2 * float(path.read_text()):.18e}\n")
    assert run_import(text, tmp_path / "data").exit_code == 0
    train = loading.load(tmp_path / "data", CONFIG)["train"]
    assert train["energy"] == pytest.approx(column(master[1][:4], "energy"), rel=1e-12)
    assert manifest.read(tmp_path / "data").configs[CONFIG].certificate["energy_factor"] == 2


def test_couplings_may_stand_on_one_line_and_lines_may_end_with_cr(text, master):
    path = text / f"{STEM}_couplings.txt"
    path.write_bytes("\t".join(path.read_text().split()).encode() + b"\r\n")
    named = text_layout.find(text, SIZE)[1]
    assert np.array_equal(text_layout.read(named, SIZE).couplings, master[1][1]["J"])


def test_an_incomplete_instance_is_refused_or_left_out(text, tmp_path):
    (text / f"{STEM}_YY.txt").unlink()
    refusal = run_import(text, tmp_path / "data").exception
    assert f"instance 2 has no {STEM}_YY.txt" in str(refusal)
    assert run_import(text, tmp_path / "data", "--skip-incomplete").exit_code == 0
    assert manifest.read(tmp_path / "data").configs[CONFIG].rows == {"train": 3, "test": 1}


def test_fewer_shots_and_a_variant(text, tmp_path):
    change(text, "samples", 0, lambda line: line)
    lines = (text / f"{STEM}_samples.txt").read_text().splitlines()
    (text / f"{STEM}_samples.txt").write_text("\n".join(lines[:150]) + "\n")
    assert run_import(text, tmp_path / "least").exit_code == 0
    assert manifest.read(tmp_path / "least").configs[CONFIG].shots == 150
    assert run_import(text, tmp_path / "few", "--shots", 64).exit_code == 0
    train = loading.load(tmp_path / "few", CONFIG)["train"]
    assert train["shots"].shape == (4, 64, 6)
    refusal = run_import(text, tmp_path / "many", "--shots", 151).exception
    assert f"{STEM}_samples.txt has 150 shots" in str(refusal)
    for path in text.glob("heisenberg_2x3_id*.txt"):
        stem, kind = path.stem.rsplit("_", 1)
        path.rename(text / f"{stem}_J0.0-4.0_{kind}.txt")
    assert "no instance of size 2x3" in str(run_import(text, tmp_path / "v").exception)
    assert run_import(text, tmp_path / "v", "--variant", "J0.0-4.0").exit_code == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--train", 4, "--test", 2), "4 training and 2 test rows of 5 instances"),
        (("--train", 5), "5 training and 0 test rows"),
        (("--family", "tfim_1d", "--size", "6"), "layouts are known of heisenberg_2d"),
        (("--size", "3x2"), "no instance of size 3x2"),
    ],
)
def test_requests_that_cannot_be_met(master, tmp_path, more, said):
    assert said in str(run_import(master[0], tmp_path / "data", *more).exception)
    assert not (tmp_path / "data").exists()


def test_two_data_sets_in_one_folder_are_refused(text, tmp_path):
    shutil.copy(text / f"{STEM}_E.txt", text / f"simulation_{STEM.split('_', 1)[1]}_E.txt")
    assert "two instances 2" in str(run_import(text, tmp_path / "data").exception)


def test_imported_and_built_rows_do_not_replace_each_other(master, imported, tmp_path):
    spec = replace(SPEC, family="heisenberg_2d", size=Size.parse("2x3"))
    splits = {split: make_split(spec, split) for split in spec.rows}
    public = Path(shutil.copytree(imported / "plain", tmp_path / "demo"))
    with pytest.raises(RequestError, match=r"were imported; these were built here"):
        write_config(public, None, spec, splits, PROVENANCE)
    write_config(tmp_path / "built", None, spec, splits, PROVENANCE)
    refusal = run_import(master[0], tmp_path / "built").exception
    assert "were built here; these were imported" in str(refusal)


def test_labels_of_another_state_are_refused_by_solve(text, tmp_path):
    # The state of other couplings: all of its labels are consistent, but not with these.
    for kind in ("couplings", "E"):
        values = np.loadtxt(text / f"{STEM}_{kind}.txt", ndmin=1)
        if kind == "couplings":
            values[0] += 0.2
            correlation = np.loadtxt(text / f"{STEM}_ZZ.txt")
            shift = 1.5 * 0.2 * correlation[0, 3]
        else:
            values += shift
        write_text(text / f"{STEM}_{kind}.txt", values[:, None])
    assert run_import(text, tmp_path / "plain").exit_code == 0
    refusal = run_import(text, tmp_path / "solved", "--solve").exception
    assert "Its labels are not of that state" in str(refusal)
