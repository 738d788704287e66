"""Shots of codes: built beside stim's own sampler, stored beside their entropy, decoded and scored.

    OMP_NUM_THREADS=1 python -m benchmarks.codes [--rows 1000000] [--distances 3,5,7]

Seconds are processor time of one process. A build is `qslbench build` from seeds to a folder with
its checks, hashes and documents; beside it stand stim's sampler and a plain Parquet write of what
it gives, by pyarrow's usual settings. The entropy is that of independent events, Σ h(rate of each
detector): an upper bound of the joint one, of which a sharper one is the entropy of the faults,
Σ h(p), printed in brackets. Logical errors are those of PyMatching with the model in the folder,
whose answers are then written, validated and scored as a submission. The memory is the largest of
the process so far: distances come in the order in which they were given.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pymatching
import stim

import builders
from builders import families
from builders.building.build import build
from builders.core.machine import hardware
from builders.dataset.spec import BuildSpec
from builders.solvers.codes.circuits import CIRCUIT, MODEL
from builders.solvers.codes.error_model import parse_model
from leaderboard import Metadata, read_submission, write_submission
from leaderboard.cells import CellKey
from leaderboard.scoring.scorer import Scorer
from leaderboard.submission.validate import validate

T = TypeVar("T")
FAMILY = "surface_code"
TRAIN = 10_000


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and the seconds of the processor."""
    started = time.process_time()
    done = work()
    return done, time.process_time() - started


def entropy(p: np.ndarray) -> float:
    """Σ h(p) in bits, of independent bits that are 1 with probability p."""
    p = p[(p > 0) & (p < 1)]
    return float(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)).sum())


def by_stim(circuit: stim.Circuit, rows: int, path: Path) -> None:
    """Stim's sampler and a plain Parquet write."""
    sampler = circuit.compile_detector_sampler(seed=1)
    events, flips = sampler.sample(rows, bit_packed=True, separate_observables=True)
    packed = pa.FixedSizeListArray.from_arrays(pa.array(events.ravel()), events.shape[1])
    pq.write_table(pa.table({"events": packed, "observable": pa.array(flips[:, 0] == 1)}), path)


def measured(distance: int, rows: int, home: Path) -> None:
    """Print the figures of one distance, rounds as many, p = .005."""
    family = families.load(FAMILY)
    size, out = family.geometry.parse(distance), home / "data"
    spec = BuildSpec(FAMILY, size, {"train": TRAIN, "test": rows}, 1, seed=1)
    few = BuildSpec(FAMILY, size, {"train": 1, "test": 1}, 1, seed=2)
    build(few, home / "few", workers=1)  # libraries loaded
    _, ours = timed(lambda: build(spec, out, workers=1))
    (loaded, load_seconds) = timed(lambda: builders.load(out, spec.config))
    model, circuit = parse_model(loaded.texts[MODEL]), stim.Circuit(loaded.texts[CIRCUIT])
    by_stim(circuit, 1024, home / "stim.parquet")  # so here
    _, theirs = timed(lambda: by_stim(circuit, rows + TRAIN, home / "stim.parquet"))
    rates, (flip,) = model.rates()
    bits = entropy(rates)
    stored = sum(p.stat().st_size for p in (out / "data" / spec.config).glob("test-*.parquet"))
    print(
        f"d = {distance}: built in {ours:.2f} s, stim and Parquet {theirs:.2f} s "
        f"({(home / 'stim.parquet').stat().st_size / 1e6:.2f} MB): {ours / theirs:.2f} times\n"
        f"  {rows} test shots in {stored / 1e6:.2f} MB, {8 * stored / rows:.2f} bits a shot; "
        f"entropy {bits:.2f} bits (faults {entropy(model.probabilities):.2f}): "
        f"{8 * stored / rows / bits:.3f} times\n  loaded in {load_seconds:.2f} s; "
        f"observable flipped in {flip:.4f}; {_peak():.0f} MiB of memory at most"
    )
    decoded(spec.config, loaded.texts[MODEL], loaded["test"], out)


def _peak() -> float:
    """Largest memory of this process so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def decoded(config: str, model: str, test: dict[str, np.ndarray], out: Path) -> None:
    """Matching, plain and correlated, as submissions."""
    for correlated in (False, True):
        graph = pymatching.Matching.from_detector_error_model(
            stim.DetectorErrorModel(model), enable_correlations=correlated
        )
        said, seconds = timed(
            lambda graph=graph, correlated=correlated: graph.decode_batch(
                test["events"], bit_packed_shots=True, enable_correlations=correlated
            )
        )
        name = "correlated matching" if correlated else "matching"
        file = out.with_name("predictions.parquet")
        key = CellKey(config, "decoding", TRAIN, 1)
        metadata = Metadata(
            name=name, authors=("qslbench",), entry_class="solver", uses_test_shots=True
        )
        write_submission(file, {key: (test["row_id"], said[:, 0].astype(bool))}, metadata)
        scorer = Scorer(out, out.with_name("data-private"))
        submission, reading = timed(lambda file=file: read_submission(file))
        _, checking = timed(lambda submission=submission: validate(submission, out))
        (result,), scoring = timed(
            lambda submission=submission, scorer=scorer: scorer.score(submission)
        )
        shot = result.report.metrics["logical_error"]
        a_round = result.report.metrics["logical_error_round"]
        print(
            f"  {name}: {shot.value:.5f} [{shot.low:.5f}, {shot.high:.5f}] a shot, "
            f"{a_round.value:.6f} a round, {1e6 * seconds / len(said):.2f} us a shot; read "
            f"{reading:.2f} s, validated {checking:.2f} s, scored {scoring:.2f} s",
            flush=True,
        )


def main() -> None:
    """Print the figures of every distance."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--distances", default="3,5,7")
    args = parser.parse_args()
    print(f"{hardware()}; stim {stim.__version__}, PyMatching {pymatching.__version__}")
    for distance in map(int, args.distances.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            measured(distance, args.rows, Path(folder))


if __name__ == "__main__":
    main()
