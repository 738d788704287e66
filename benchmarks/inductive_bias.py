"""Which widths learn what: profiles × range of the target × family, against the entanglement.

    python -m benchmarks.inductive_bias --out benchmarks/results/inductive_bias.json
    python -m benchmarks.inductive_bias --plot     # docs/inductive_bias*.svg from that record
    python -m benchmarks.inductive_bias --write    # the tables in docs/entanglement.md

Ground states of five families (`benchmarks.bias_rows`), four kinds of targets, regressed from the
couplings by ConvACs and by the ordinary networks of the same shape (`benchmarks.bias_training`),
all of one number of parameters:

- `flat`, `wide_base`, `wide_tip`: `baselines.tensor_networks.profiles`;
- `proposed`: `proposed_widths` of the mean entropies of each scale of the family's states;
- `searched`: the least error on the rows that say when to stop, of the first three and of
  architectures of as many parameters drawn at random; ConvACs alone.

The control trains the flat profile on sites permuted at random, another way for every seed, and
brought back in order three ways: by correlations of the couplings, which is the surrogate of
the data set; by mean |C_ij| of training states; by the graph of the couplings.
"""

import argparse
import functools
import json
import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.tensor_networks import profiles
from baselines.tensor_networks.architecture import Architecture, layers
from baselines.tensor_networks.data_entanglement import DataTensor
from baselines.tensor_networks.mincut import canonical_cuts
from baselines.tensor_networks.rearrangement import rearranged
from baselines.tensor_networks.surrogate import canonical_surrogates, correlations
from baselines.tensor_networks.width_rule import proposed_widths
from benchmarks import bias_rows, bias_training
from benchmarks.bias_rows import FAMILIES, TARGETS, WINDOW, Rows
from benchmarks.bias_training import MODELS, Data
from builders.core.errors import RequestError
from builders.core.machine import hardware, versions

Floats = NDArray[np.float64]

RECORD = Path("benchmarks/results/inductive_bias.json")
PROFILES = ("flat", "wide_base", "wide_tip")
ARMS = ("permuted", "surrogate", "states", "coupling")
SPREAD = 0.03
"""What searched architectures may miss of the budget."""
WIDEST = 24


def run_family(family: str, how: argparse.Namespace) -> dict[str, Any]:
    """All of one family; see the module.

    Raises:
        RequestError: rows or a budget that make no experiment.
    """
    import torch

    torch.set_num_threads(1)
    rows = kept_rows(family, how)
    pool = pool_of(how.rows)
    shapes = architectures(rows, how.parameters, how.searched)
    data = Data(np.stack([rows.inputs] * how.seeds), standardised(rows, pool), pool)
    name = f"{family}_{how.sites}_{how.rows}"
    errors, scores, seconds = {}, {}, 0.0
    for model in MODELS:
        for profile, shape in shapes.items():
            if model == "convnet" and profile.startswith("random"):
                continue
            *found, spent = learnt(name, model, shape, data, how)
            errors[model, profile], scores[model, profile] = found
            seconds += spent
    moved, spent = control(name, rows, shapes["flat"], data, errors, how)
    return {
        "states": FAMILIES[family],
        "entanglement": entanglement(rows, pool),
        "architectures": {name: described(shape) for name, shape in shapes.items()},
        "cells": cells(errors),
        "rule": rule(errors, scores),
        "control": moved,
        "row_seconds": round(rows.seconds, 1),
        "training_seconds": round(seconds + spent, 1),
    }


def learnt(
    name: str, model: str, shape: Architecture, data: Data, how: argparse.Namespace
) -> tuple[Any, Any, float]:
    """`bias_training.trained`, the mean of the two numbers of each kind, and its CPU seconds.

    `name` says of which rows; what a run before kept under it is read.
    """
    widths = "-".join(map(str, shape.widths))
    path = how.keep and how.keep / f"{name}_{model}_{widths}_{how.seeds}_{how.steps}.npz"
    if path and path.exists():
        with np.load(path) as held:
            return held["errors"], held["scores"], float(held["seconds"])
    started = time.process_time()
    found = bias_training.trained(model, shape, data, how.steps)
    errors, scores = (x.reshape(len(TARGETS), -1, *x.shape[1:]).mean(axis=1) for x in found)
    seconds = time.process_time() - started
    if path:
        np.savez_compressed(path, errors=errors, scores=scores, seconds=seconds)
    print(f"{name} {model} {list(shape.widths)}: {seconds:.1f} CPU s", flush=True)
    return errors, scores, seconds


def kept_rows(family: str, how: argparse.Namespace) -> Rows:
    """Rows that are solved, or read where a run before kept them."""
    if how.keep is None:
        return bias_rows.make_rows(family, how.sites, how.rows)
    path = how.keep / f"{family}_{how.sites}_{how.rows}.npz"
    if not path.exists():
        how.keep.mkdir(parents=True, exist_ok=True)
        bias_rows.save(bias_rows.make_rows(family, how.sites, how.rows), path)
    return bias_rows.read(family, how.sites, path)


def pool_of(rows: int) -> int:
    """Five of eight rows are the pool, the others the test."""
    return 5 * rows // 8


def standardised(rows: Rows, pool: int) -> Floats:
    """Targets less the mean of the pool, in units of its standard deviation, float64 (T, R, 1).

    All numbers of all kinds, those of a kind one after another.
    """
    given = np.concatenate([rows.targets[kind].T for kind in TARGETS])[:, :, None]
    mean, spread = given[:, :pool].mean(axis=1), given[:, :pool].std(axis=1)
    out: Floats = (given - mean[:, None]) / spread[:, None]
    return out


def architectures(rows: Rows, budget: int, searched: int) -> dict[str, Architecture]:
    """The named profiles, the proposed one and those of the search, which differ from these."""
    depth = layers(rows.sites, WINDOW)
    like = Architecture(rows.sites, rows.inputs.shape[2], (1,) * depth, WINDOW)
    found = {name: getattr(profiles, name)(like, budget) for name in PROFILES}
    entropies = list(rows.entropies.mean(axis=0))
    found["proposed"] = proposed_widths(entropies, like, budget).architecture
    rng = np.random.default_rng(3)
    for _ in range(100_000):
        if len(found) == len(PROFILES) + 1 + searched:
            break
        # As likely narrow as wide: uniform in the logarithm.
        widths = np.exp(rng.uniform(0.0, np.log(WIDEST), depth)).astype(int)
        shape = replace(like, widths=tuple(int(w) for w in widths))
        near = abs(profiles.deviation(shape, budget)) <= SPREAD
        if near and shape not in found.values():
            found[f"random{len(found) - len(PROFILES)}"] = shape
    return found


def described(shape: Architecture) -> dict[str, Any]:
    """Widths, parameters, and log₂ of the min-cuts of a block of each scale."""
    capacity = [round(float(np.log2(max(cuts))), 3) for cuts in canonical_cuts(shape)]
    return {"widths": shape.widths, "parameters": shape.parameters, "capacity": capacity}


def entanglement(rows: Rows, pool: int) -> dict[str, Any]:
    """In bits a scale: entropies of the states and of the data set of each target; its surrogate.

    The data set is that of the pool with the second number of a target, standardised, as labels;
    None where its terms cancel.
    """
    given = rows.inputs[:pool]
    data = {}
    # The second number of a kind: across the middle, or the longer one.
    for kind, target in zip(TARGETS, standardised(rows, pool)[1::2], strict=True):
        try:
            weights = DataTensor(given, target[:pool, 0]).canonical(WINDOW)
        except RequestError:
            data[kind] = None
            continue
        data[kind] = [round(max(_entropy(w) for w in blocks), 3) for blocks in weights]
    surrogate = canonical_surrogates(correlations(given[:, :, 1:]), WINDOW)
    return {
        "von_neumann": rows.entropies.mean(axis=0).round(4).tolist(),
        "von_neumann_largest": rows.entropies.max(axis=0).round(4).tolist(),
        "renyi_2": rows.renyi2.mean(axis=0).round(4).tolist(),
        "data": data,
        "surrogate": [round(float(blocks.max()), 3) for blocks in surrogate],
    }


def _entropy(weights: Floats) -> float:
    positive = weights[weights > 0.0]
    return float(-(positive * np.log2(positive)).sum())


def cells(errors: dict[tuple[str, str], Any]) -> list[dict[str, Any]]:
    """Root mean squared errors in spreads of the target, and over those of the flat profile."""
    return [
        {
            "model": model,
            "profile": name,
            "target": kind,
            "rmse": _rounded(bias_training.interval(found[k])),
            "to_flat": _rounded(bias_training.ratio(found[k], errors[model, "flat"][k])),
        }
        for (model, name), found in errors.items()
        for k, kind in enumerate(TARGETS)
    ]


def rule(errors: dict[tuple[str, str], Any], scores: dict[tuple[str, str], Any]) -> list[Any]:
    """The proposed widths against the search's best, which is chosen without the test rows."""
    out = []
    for k, kind in enumerate(TARGETS):
        names = [n for model, n in scores if model == "convac" and n != "proposed"]
        best = min(names, key=lambda n: float(scores["convac", n][k].mean()))
        pair = errors["convac", "proposed"][k], errors["convac", best][k]
        spread = [float(np.sqrt(errors["convac", n][k].mean())) for n in names]
        out.append(
            {
                "target": kind,
                "best": best,
                "to_best": _rounded(bias_training.ratio(*pair)),
                "all": [round(min(spread), 4), round(max(spread), 4)],
            }
        )
    return out


def control(
    name: str, rows: Rows, shape: Architecture, data: Data, errors: dict[tuple[str, str], Any],
    how: argparse.Namespace,
) -> tuple[list[dict[str, Any]], float]:  # fmt: skip
    """Errors with sites permuted, and rearranged, over those in the chain's order; CPU seconds.

    Of a family whose sites all bring the same there is none.
    """
    if not rows.is_local:
        return [], 0.0
    permuted = [np.random.default_rng([11, s]).permutation(rows.sites) for s in range(how.seeds)]
    chain = np.eye(rows.sites, k=1) + np.eye(rows.sites, k=-1)
    pairs = {
        "surrogate": correlations(rows.inputs[: data.pool, :, 1:]),
        "states": (rows.correlation + rows.correlation.T) / 2.0,
        "coupling": chain,
    }
    out, seconds = [], 0.0
    for arm in ARMS:
        orders = permuted
        if arm in pairs:
            orders = [p[rearranged(pairs[arm][np.ix_(p, p)], WINDOW)] for p in permuted]
        moved = replace(data, inputs=np.stack([rows.inputs[:, order] for order in orders]))
        broken = float(np.mean([_cut(chain, order) for order in orders]))
        for model in MODELS:
            found, _, spent = learnt(f"{name}_{arm}", model, shape, moved, how)
            seconds += spent
            out += [
                {
                    "model": model, "arm": arm, "target": kind, "broken_bonds": round(broken, 2),
                    "to_chain": _rounded(bias_training.ratio(found[k], errors[model, "flat"][k])),
                }
                for k, kind in enumerate(TARGETS)
            ]  # fmt: skip
    return out, seconds


def _cut(chain: Floats, order: NDArray[np.int64]) -> float:
    """Couplings that the blocks of all scales cut, mean over the scales."""
    placed = canonical_surrogates(chain[np.ix_(order, order)], WINDOW)
    return float(np.mean([blocks.sum() / 2.0 for blocks in placed]))


def _rounded(values: tuple[float, float, float]) -> list[float]:
    return [round(value, 4) for value in values]


def run(how: argparse.Namespace) -> dict[str, Any]:
    """The record of an experiment.

    Raises:
        RequestError: sites, rows or seeds that make none.
    """
    bias_rows.check_sites(how.sites)
    for name, least in (("rows", bias_rows.PROFILED), ("seeds", 2), ("searched", 0), ("steps", 1)):
        if getattr(how, name) < least:
            raise RequestError(f"--{name} {getattr(how, name)}: give {least} or more.")
    started = time.perf_counter()
    each: Callable[[str], dict[str, Any]] = functools.partial(run_family, how=how)
    found: dict[str, Any] = {}

    def record() -> dict[str, Any]:
        return {
            "sites": how.sites, "rows": how.rows, "pool": pool_of(how.rows), "seeds": how.seeds,
            "parameters": how.parameters, "steps": how.steps, "hardware": hardware(),
            "versions": versions(), "workers": how.workers,
            "wall_seconds": round(time.perf_counter() - started),
            "row_seconds": round(sum(one["row_seconds"] for one in found.values())),
            "training_seconds": round(sum(one["training_seconds"] for one in found.values())),
            "families": found,
        }  # fmt: skip

    with multiprocessing.get_context("spawn").Pool(how.workers) as workers:
        for name, one in zip(how.family, workers.imap(each, how.family), strict=True):
            found[name] = one
            if how.out:
                how.out.parent.mkdir(parents=True, exist_ok=True)
                how.out.write_text(json.dumps(record(), indent=1) + "\n")
    return record()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--family", nargs="+", default=list(FAMILIES), choices=list(FAMILIES))
    parser.add_argument("--sites", type=int, default=16)
    parser.add_argument("--rows", type=int, default=256, help="of a family")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--parameters", type=int, default=400, help="of a network")
    parser.add_argument("--searched", type=int, default=4, help="architectures drawn at random")
    parser.add_argument("--steps", type=int, default=bias_training.STEPS)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--keep", type=Path, help="folder of rows and errors that stay")
    parser.add_argument("--out", type=Path, help="write the record to this JSON file")
    parser.add_argument("--record", type=Path, default=RECORD, help="of --plot and --write")
    parser.add_argument("--plot", action="store_true", help="pictures of the record")
    parser.add_argument("--write", action="store_true", help="tables of the record in the page")
    how = parser.parse_args()
    if how.plot or how.write:
        from benchmarks import bias_pages

        record = json.loads(how.record.read_text())
        if how.plot:
            bias_pages.plot(record, Path("docs"))
        if how.write:
            bias_pages.write(record, Path("docs/entanglement.md"))
        return
    try:
        record = run(how)
    except RequestError as error:
        parser.error(str(error))
    print(
        f"{record['row_seconds']} CPU s for rows, {record['training_seconds']} for training, "
        f"{record['wall_seconds']} s by the clock, {hardware()}"
    )


if __name__ == "__main__":
    main()
