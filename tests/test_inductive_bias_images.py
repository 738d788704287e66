"""Images of the local and the global task, and the record that is told of them."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import inductive_bias_images as experiment
from benchmarks import shape_images as images
from tests.paths import ROOT

RECORD = ROOT / "benchmarks" / "results" / "inductive_bias_images.json"


def test_z_order_reads_patches_of_2_by_2_then_of_4_by_4() -> None:
    assert images.z_order(4).tolist() == [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]
    rows, columns = np.divmod(images.z_order(16), 16)
    for patch in (2, 4, 8):
        parts = zip(rows.reshape(-1, patch**2), columns.reshape(-1, patch**2), strict=True)
        assert all(np.ptp(r) == np.ptp(c) == patch - 1 for r, c in parts)


def test_shapes_are_of_equal_ink_and_differ_in_that_of_their_quarters() -> None:
    shapes = images.shapes()
    assert set(shapes.sum(axis=(1, 2))) == {8}
    quarters = shapes.reshape(-1, 2, 2, 2, 2).sum(axis=(2, 4)).reshape(-1, 4)
    assert len({tuple(sorted(q)) for q in quarters.tolist()}) == len(shapes)


def pixels(task: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Black or white, in rows and columns."""
    given, which = images.draw(task, count, np.random.default_rng(0))
    assert given.shape == (count, 256, 2)
    assert (given[:, :, 0] == 1.0).all()
    flat = np.empty((count, 256), dtype=np.bool_)
    flat[:, images.z_order(16)] = given[:, :, 1] > 0
    return flat.reshape(count, 16, 16), which


def test_large_shapes_fill_the_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(images.FLIPPED, "global", 0.0)
    found, which = pixels("global", 20)
    blocks = found.reshape(20, 4, 4, 4, 4)
    assert np.array_equal(blocks.mean(axis=(2, 4)), images.shapes()[which])


def test_small_shapes_are_somewhere_in_the_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(images.FLIPPED, "local", 0.0)
    monkeypatch.setitem(images.COPIES, "local", 1)
    found, which = pixels("local", 50)
    places: Counter[tuple[int, int]] = Counter()
    for image, shape in zip(found, images.shapes()[which], strict=True):
        (top, *_), (left, *_) = np.nonzero(image.any(axis=1))[0], np.nonzero(image.any(axis=0))[0]
        # All shapes touch the upper and the left side of their box.
        assert np.array_equal(image[top : top + 4, left : left + 4], shape)
        assert image.sum() == 8
        places[int(top), int(left)] += 1
    assert len(places) > 10


def found(network: str, task: str, profile: str, seed: int, accuracy: float) -> experiment.Found:
    return experiment.Found(network, task, profile, seed, (1,), 1, 1e-3, 3, 0.0, accuracy, 0.0)


def test_the_table_tells_differences_on_the_same_images() -> None:
    """Two seeds: half of the interval is t = 12.706 times half of what they differ by."""
    made = [
        found(network, task, profile, seed, 0.5 + 0.1 * seed + gap * (1 + seed / 10))
        for network in experiment.NETWORKS
        for task, gap in (("local", 0.1), ("global", 0.0))
        for profile, gap in (("wide_base", gap), ("wide_tip", 0.0))
        for seed in (0, 1)
    ]
    lines = experiment.table(made).splitlines()
    assert lines[2].endswith("| +10.5 ± 6.4 | 6 of 6, 6 of 6 |")
    assert "| +0.0 ± 0.0 |" in lines[3]
    assert lines[4].endswith("| +10.5 ± 6.4 | – |")
    assert lines[2].split("|")[4].strip() == "55.0 ± 63.5"


def test_the_record_is_of_one_parameter_count_and_enough_seeds() -> None:
    record = experiment.read(RECORD)
    cases = Counter((one.network, one.task, one.profile) for one in record)
    assert len(cases) == 8
    assert set(cases.values()) == {max(cases.values())}
    assert min(cases.values()) >= 5
    assert len(
        {replace(one, accuracy=0, loss=0, rate=0, begun=0, cpu_seconds=0) for one in record}
    ) == len(record)
    counts = [one.parameters for one in record]
    assert max(counts) - min(counts) <= 0.01 * experiment.BUDGET
    assert sum(one.cpu_seconds for one in record) < 1800
