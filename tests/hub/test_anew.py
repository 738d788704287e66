"""A hidden label where no check of columns looks: all that the data give is made anew."""

import pyarrow.parquet as pq
import pytest

from builders.building.build import build
from builders.cards import card, croissant, documents
from builders.cards.measurements import Baselines, Score
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import index, manifest
from builders.dataset.spec import BuildSpec
from builders.publishing import anew, secrecy
from builders.publishing.publish import publish
from builders.publishing.upload import public_upload
from tests.builders.forging import forge_index, relist
from tests.builders.synthetic import SPEC

TEST = "data/tfim_1d_n008/test-00000-of-00001.parquet"


def refuses(made, message):
    """The check of columns passes, and the whole command refuses before a client is used."""
    public, private = (manifest.read(path) for path in (made.public, made.private))
    secrecy.check_public(made.public, public, secrecy.secrets_of(private))
    with pytest.raises(RequestError, match=f"nothing was sent: (?s:.*){message}"):
        publish(made.public, "org/demo", private=made.private, api=object())


def energy(made) -> float:
    return float(made.splits["test"]["energy"][0])


def test_a_folder_that_was_built_is_what_its_data_give(synthetic_master, phase_folder) -> None:
    for made in (synthetic_master, phase_folder):
        public, private = (manifest.read(path) for path in (made.public, made.private))
        anew.check_anew(made.public, public, private)


def test_a_label_in_a_sentence_of_the_card(synthetic_folder):
    path = synthetic_folder.public / card.NAME
    path.write_text(f"{path.read_text()}\nThe first energy is {energy(synthetic_folder)}.\n")
    data = path.read_bytes()
    found = manifest.read(synthetic_folder.public)
    entry = documents._text_entry(data.decode())
    lied = found.model_copy(update={"files": {**found.files, card.NAME: entry}})
    (synthetic_folder.public / manifest.NAME).write_text(lied.to_text())
    refuses(synthetic_folder, "README.md is not what the data give, .*qslbench card")


@pytest.mark.parametrize("column", ["parameters_mean", "parameters_std"])
def test_a_label_in_the_mean_of_the_parameters(synthetic_folder, column):
    forge_index(synthetic_folder.public, 12, {column: energy(synthetic_folder)})
    refuses(synthetic_folder, "index.parquet is not what writing its rows gives")


@pytest.mark.parametrize("name", [TEST, index.NAME])
def test_a_label_before_the_footer(synthetic_folder, name):
    """Readers find columns by the footer and see nothing of what lies between."""
    path = synthetic_folder.public / name
    data, before = path.read_bytes(), pq.read_table(path)
    footer = int.from_bytes(data[-8:-4], "little") + 8
    hidden = repr(energy(synthetic_folder)).encode()
    path.write_bytes(data[:-footer] + hidden + data[-footer:])
    assert pq.read_table(path).equals(before)
    relist(synthetic_folder.public, name)
    refuses(synthetic_folder, f"{path.name} is not what writing its rows gives, byte by byte")


def test_a_label_in_the_certificate(synthetic_folder):
    found = manifest.read(synthetic_folder.public)
    entry = found.configs[SPEC.config]
    for certificate in (
        entry.certificate | {"largest": energy(synthetic_folder)},
        entry.certificate | {"max_energy_variance": energy(synthetic_folder)},
    ):
        lied = entry.model_copy(update={"certificate": certificate})
        update = {"configs": {SPEC.config: lied}}
        documents.write_documents(synthetic_folder.public, found.model_copy(update=update))
        refuses(synthetic_folder, "certificate of tfim_1d_n008 is not what the private folder says")


def test_a_label_between_the_lines_of_a_document(synthetic_folder):
    path = synthetic_folder.public / manifest.NAME
    path.write_text(path.read_text() + " " * 8)
    refuses(synthetic_folder, "manifest.json is not what the data give, in line")


def test_a_label_in_a_key_of_the_scores(synthetic_folder):
    score = Score(
        baseline="ridge", config=SPEC.config, task="renyi2", n=5, shots=4, metric="rmse", value=0.1
    )
    record = Baselines(
        command="-", hardware="-", data_seed=SPEC.seed, data_format=2, scores=(score,)
    )
    documents.add_baselines(synthetic_folder.public, [record])
    path = synthetic_folder.public / documents.BASELINES
    path.write_text(path.read_text() + " \n")
    relist(synthetic_folder.public, documents.BASELINES)
    refuses(synthetic_folder, "reference_scores.json is not what the data give")


def test_a_file_of_another_pyarrow_is_named(synthetic_folder, monkeypatch):
    real = anew.sha256
    monkeypatch.setattr(anew, "sha256", lambda path: real(path) + str(path))
    seen = []

    class Old:
        created_by = "parquet-cpp-arrow version 18.0.0"

    def read(path):
        seen.append(path)
        return Old if len(seen) % 2 else pq.ParquetFile(path).metadata

    monkeypatch.setattr(anew.pq, "read_metadata", read)
    public, private = (
        manifest.read(path) for path in (synthetic_folder.public, synthetic_folder.private)
    )
    with pytest.raises(
        RequestError, match=r"was written by '.* 18\.0\.0'.* that version of pyarrow"
    ):
        anew.check_anew(synthetic_folder.public, public, private)


def test_croissant_is_compared_too(synthetic_folder):
    path = synthetic_folder.public / croissant.NAME
    path.write_text(path.read_text() + "\n")
    refuses(synthetic_folder, "")


def test_texts_beside_the_rows_are_made_anew(tmp_path):
    """Data sets of codes hold a circuit and its error model."""
    pytest.importorskip("stim")
    rows = {"train": 20, "test": 20}
    spec = BuildSpec("surface_code", Size(3, letter="d"), rows, 1, 7, test_seed=SPEC.test_seed)
    build(spec, tmp_path / "codes", workers=1)
    assert (
        f"data/{spec.config}/circuit.stim"
        in public_upload(tmp_path / "codes", tmp_path / "codes-private").files
    )
    name = f"data/{spec.config}/circuit.stim"
    path = tmp_path / "codes" / name
    path.write_text(path.read_text() + "# 0110\n")
    relist(tmp_path / "codes", name)
    with pytest.raises(RequestError, match=r"circuit\.stim is not what the data give"):
        public_upload(tmp_path / "codes", tmp_path / "codes-private")
