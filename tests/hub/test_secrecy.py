"""A hidden label that is planted in the public folder, in each way we know, is never sent."""

import shutil
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders import families
from builders.cards import card, croissant, documents
from builders.cards.measurements import Baselines, Score
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import index, manifest
from builders.dataset.spec import GUESSABLE
from builders.publishing import secrecy
from builders.publishing.publish import publish
from builders.publishing.upload import public_upload
from tests.builders.forging import COLS, forge, forge_index, relist
from tests.builders.synthetic import SPEC, make_folder

TEST = "data/tfim_1d_n008/test-00000-of-00001.parquet"
TRAIN = "data/tfim_1d_n008/train-00000-of-00001.parquet"
LABELS = [c.name for c in COLS if c.is_label]


def refuses(made, message):
    """Both the check by itself and the whole command refuse; a client would fail on first use."""
    with pytest.raises(RequestError, match=message):
        secrecy.check_public(
            made.public,
            manifest.read(made.public),
            secrecy.secrets_of(manifest.read(made.private)),
        )
    with pytest.raises(RequestError, match=r"nothing was sent|Nothing was sent"):
        publish(made.public, "org/demo", private=made.private, api=object())


def test_sound_folders_pass(synthetic_folder, phase_folder):
    for made in (synthetic_folder, phase_folder):
        secrets = secrecy.secrets_of(manifest.read(made.private))
        secrecy.check_public(made.public, manifest.read(made.public), secrets)


@pytest.mark.parametrize("label", LABELS)
def test_a_label_column_of_a_test_file(synthetic_folder, label):
    hidden = synthetic_folder.splits["test"]
    shown = {c.name: hidden[c.name] for c in COLS if not c.is_label or c.name == label}
    forge(synthetic_folder.public, TEST, shown)
    refuses(synthetic_folder, f"column {label} shows the label of 10 hidden rows")


def test_one_label_of_one_row(synthetic_folder):
    path = synthetic_folder.public / TEST
    table = pq.read_table(path)
    at = table.schema.get_field_index("energy")
    values = [None] * 9 + [float(synthetic_folder.splits["test"]["energy"][9])]
    pq.write_table(table.set_column(at, table.schema.field(at), pa.array(values)), path)
    relist(synthetic_folder.public, TEST)
    refuses(synthetic_folder, "column energy shows the label of 1 hidden rows")


def test_test_rows_in_a_train_file(synthetic_folder):
    splits = synthetic_folder.splits
    both = {k: np.concatenate([v, splits["test"][k][:2]]) for k, v in splits["train"].items()}
    forge(synthetic_folder.public, TRAIN, both)
    refuses(synthetic_folder, "shows the label of 2 hidden rows")


def test_test_labels_under_train_row_numbers_in_a_test_file(synthetic_folder):
    disguised = {**synthetic_folder.splits["test"], "row_id": np.arange(10)}
    forge(synthetic_folder.public, TEST, disguised)
    refuses(synthetic_folder, "shows the label of 10 hidden rows")


def test_a_test_file_that_is_listed_as_train(synthetic_folder):
    forge(synthetic_folder.public, TEST, {**synthetic_folder.splits["test"]})
    relist(synthetic_folder.public, TEST, split="train")
    refuses(synthetic_folder, f"{TEST} is listed as tfim_1d_n008 train")


@pytest.mark.parametrize(
    "label", [c.name for c in index.every_column(families.load(SPEC.family)) if c.is_label]
)
def test_a_label_in_the_index(synthetic_folder, label):
    value = "ordered" if label == "phase" else -1.25
    forge_index(synthetic_folder.public, 12, {label: value})
    refuses(synthetic_folder, f"column {label} shows the label of 1 hidden rows")


def test_a_label_in_the_index_of_a_row_that_claims_to_be_train(synthetic_folder):
    forge_index(synthetic_folder.public, 12, {"split": "train", "energy_per_site": -1.25})
    refuses(synthetic_folder, "column energy_per_site shows the label of 1 hidden rows")


def test_a_column_under_another_name(synthetic_folder):
    path = synthetic_folder.public / TEST
    energies = pa.array(synthetic_folder.splits["test"]["energy"])
    pq.write_table(pq.read_table(path).append_column("remark", energies), path)
    relist(synthetic_folder.public, TEST)
    refuses(synthetic_folder, r"columns \['remark'\]")


def test_a_note_in_the_parquet_footer(synthetic_folder):
    path = synthetic_folder.public / TEST
    pq.write_table(pq.read_table(path).replace_schema_metadata({"energy": "-1.25"}), path)
    relist(synthetic_folder.public, TEST)
    refuses(synthetic_folder, r"notes \[b'energy'\]")


@pytest.mark.parametrize("name", ["labels.csv", "data/tfim_1d_n008/labels.parquet", "data/x/a.txt"])
def test_a_listed_file_that_is_no_document_and_no_data(synthetic_folder, name):
    target = synthetic_folder.public / name
    target.parent.mkdir(exist_ok=True)
    shutil.copy(synthetic_folder.private / TEST, target)
    relist(synthetic_folder.public, name)
    refuses(synthetic_folder, f"{name} is neither a document nor a data file")


def test_a_path_that_leads_into_the_private_folder(synthetic_folder):
    relist(synthetic_folder.public, f"../demo-private/{TEST}", config=SPEC.config, split="test")
    refuses(synthetic_folder, "is neither a document nor a data file")


def test_a_parquet_file_that_is_not_listed(synthetic_folder):
    shutil.copy(synthetic_folder.private / TEST, synthetic_folder.public / "more.parquet")
    with pytest.raises(RequestError, match=r"nothing was sent: [^$]*more\.parquet is not in the"):
        publish(synthetic_folder.public, "org/demo", api=object())


def test_the_salt_in_the_public_manifest(synthetic_folder):
    found = manifest.read(synthetic_folder.public)
    salt = manifest.read(synthetic_folder.private).configs[SPEC.config].salt
    entry = found.configs[SPEC.config].model_copy(update={"salt": salt})
    update = {"configs": {SPEC.config: entry}}
    documents.write_documents(synthetic_folder.public, found.model_copy(update=update))
    refuses(synthetic_folder, "holds the salt of tfim_1d_n008")


def test_the_test_seed_in_the_public_manifest(synthetic_folder):
    """Also where it is small, and so in every text."""
    found = manifest.read(synthetic_folder.public)
    for seed in (SPEC.test_seed, 0):
        entry = found.configs[SPEC.config].model_copy(update={"test_seed": seed})
        update = {"configs": {SPEC.config: entry}}
        documents.write_documents(synthetic_folder.public, found.model_copy(update=update))
        refuses(synthetic_folder, "holds the test seed of tfim_1d_n008")


def test_a_column_of_seeds_in_the_index(synthetic_folder):
    """As in format 1, where whoever had them could compute the labels."""
    path = synthetic_folder.public / index.NAME
    rows = [a["seed"] for a in synthetic_folder.splits.values()]
    seeds = pa.array(np.concatenate(rows))
    pq.write_table(pq.read_table(path).append_column("seed", seeds), path)
    relist(synthetic_folder.public, index.NAME)
    refuses(synthetic_folder, r"columns \['seed'\]")


@pytest.mark.parametrize("secret", ["salt", "test_seed", "sha256", "content"])
@pytest.mark.parametrize("name", [card.NAME, croissant.NAME])
def test_a_private_text_in_a_document(synthetic_folder, secret, name):
    hidden = manifest.read(synthetic_folder.private)
    entry = hidden.configs[SPEC.config]
    source = entry if hasattr(entry, secret) else hidden.files[TEST]
    path = synthetic_folder.public / name
    path.write_text(f"{path.read_text()}\n{getattr(source, secret)}\n")
    refuses(synthetic_folder, "holds a salt, a hash or a seed of the private folder")


def test_the_secrets_of_a_private_folder(synthetic_folder):
    found = manifest.read(synthetic_folder.private)
    entry, file = found.configs[SPEC.config], found.files[TEST]
    secrets = secrecy.secrets_of(found)
    assert {entry.salt, file.sha256, file.content, str(SPEC.test_seed)} <= secrets
    # A text of few digits would be found everywhere.
    assert min(map(len, secrets)) >= len(str(GUESSABLE))
    # Where rows were imported, the seeds are hashes of the files, and the public one is the same.
    imported = entry.model_copy(update={"imported": {}, "test_seed": 7})
    same = secrecy.secrets_of(found.model_copy(update={"configs": {SPEC.config: imported}}))
    assert secrets - same == {str(SPEC.test_seed)}


@pytest.mark.parametrize("seed", [0, 7, GUESSABLE - 1])
def test_a_test_seed_that_can_be_found_by_trying(tmp_path, seed):
    """The parameters of test rows are public: all small seeds can be compared with them."""
    made = make_folder(tmp_path, replace(SPEC, test_seed=seed))
    secrecy.check_public(made.public, manifest.read(made.public))
    for call in (
        lambda: secrecy.secrets_of(manifest.read(made.private)),
        lambda: publish(made.public, "org/demo", api=object()),
    ):
        with pytest.raises(
            RequestError, match=rf"test seed of {SPEC.config}, {seed}, .* without --test-seed"
        ):
            call()


def test_a_private_folder_that_is_not_there(synthetic_folder, tmp_path):
    """What cannot be looked for is not known to be absent."""
    with pytest.raises(RequestError, match=r"nothing was sent: .* --private"):
        publish(synthetic_folder.public, "org/demo", private=tmp_path / "typo", api=object())
    (tmp_path / "other").mkdir()
    other = make_folder(tmp_path / "other", replace(SPEC, size=Size(9))).private
    with pytest.raises(RequestError, match=f"lacks {SPEC.config}"):
        publish(synthetic_folder.public, "org/demo", private=other, api=object())


def test_the_private_folder_in_place_of_the_public_one(synthetic_folder):
    with pytest.raises(RequestError, match="is a private data set folder; a public one is needed"):
        publish(synthetic_folder.private, "org/demo", api=object())


def test_the_private_folder_that_says_it_is_public(synthetic_folder):
    found = manifest.read(synthetic_folder.private)
    lied = found.model_copy(update={"visibility": "public"})
    documents.write_documents(synthetic_folder.private, lied)
    with pytest.raises(RequestError, match="holds the salt"):
        secrecy.check_public(synthetic_folder.private, manifest.read(synthetic_folder.private))
    entry = found.configs[SPEC.config].model_copy(update={"salt": None, "test_seed": None})
    lied = lied.model_copy(update={"configs": {SPEC.config: entry}})
    documents.write_documents(synthetic_folder.private, lied)
    with pytest.raises(RequestError, match="shows the label of 10 hidden rows"):
        secrecy.check_public(synthetic_folder.private, manifest.read(synthetic_folder.private))
    with pytest.raises(RequestError, match="nothing was sent"):
        publish(synthetic_folder.private, "org/demo", api=object())


def test_a_public_folder_in_place_of_the_private_one(synthetic_folder):
    with pytest.raises(RequestError, match="is a public data set folder; a private one is needed"):
        publish(synthetic_folder.public, "org/demo", private=synthetic_folder.public, api=object())


def test_scores_of_baselines_are_sent_with_the_data(synthetic_folder):
    score = Score(
        baseline="ridge", config=SPEC.config, task="renyi2", n=5, shots=4, metric="rmse", value=0.1
    )
    record = Baselines(
        command="-", hardware="-", data_seed=SPEC.seed, data_format=2, scores=(score,)
    )
    documents.add_baselines(synthetic_folder.public, [record])
    sent = public_upload(synthetic_folder.public, synthetic_folder.private)
    assert documents.BASELINES in sent.files
