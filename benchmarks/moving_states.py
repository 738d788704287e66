"""Do findings on ground states survive in states that move? Tables for `docs/dynamics.md`.

    python -m benchmarks.moving_states results --still DATA --moving DATA-OF-QUENCHES \
        --pair tfim_1d_n048 quench_tfim_1d_n048

after `qslbench protocol gspe` and `randomisation` on both (DIR-private lies beside each DIR). The
first table has the errors of learned models in the cell that both have, and Kendall's τ of the two
rankings; the second what random inputs change, beside the weight s²/(s² + 3/M) that a row's own M
shots deserve, s² the variance of the label over rows. Intervals are 95 % of resamples of the test
rows, evolutions whole.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import kendalltau

from baselines import load as baseline
from benchmarks.answers import Asked, Samples, read, told
from benchmarks.findings import table
from builders.folders import loading
from builders.folders.siblings import private_folder

Answers = Mapping[Asked, Samples]


def learned(model: str) -> bool:
    """Whether a ranking of learned models has it: not the mean, and not what never saw a label."""
    name = model.split()[0]
    return baseline(name).entry_class == "learned" and name not in {"train_mean", "shadow"}


def rankings(
    still: Answers, moving: Answers, pair: tuple[str, str]
) -> Iterator[tuple[str, list[Sequence[str]], str]]:
    """Title, lines and verdict of every cell that both configs have."""
    cells = {(a.task, a.n, a.shots) for a in still if a.config == pair[0]}
    cells &= {(a.task, a.n, a.shots) for a in moving if a.config == pair[1]}
    for cell in sorted(cells):
        both = [
            {a.model: s for a, s in answers.items()
             if (a.config, a.tokens, (a.task, a.n, a.shots)) == (config, "measured", cell)}
            for answers, config in zip((still, moving), pair, strict=True)
        ]  # fmt: skip
        names = sorted(m for m in set(both[0]) & set(both[1]) if learned(m))
        if len(names) < 4:
            continue
        values = [np.array([one[m].value for m in names]) for one in both]
        draws = [np.array([one[m].draws for m in names]) for one in both]
        tau = float(kendalltau(*values).statistic)
        resamples = zip(*(d.T for d in draws), strict=True)
        drawn = np.array([kendalltau(first, second).statistic for first, second in resamples])
        ranks = [np.argsort(np.argsort(v)) + 1 for v in values]
        lines = [
            (
                f"`{names[k]}`",
                *(x for r, v, d in zip(ranks, values, draws, strict=True)
                  for x in (told(float(v[k]), d[k], 4), str(r[k]))),
            )
            for k in np.argsort(values[1])
        ]  # fmt: skip
        if all("train_mean" in one for one in both):
            mean = [one["train_mean"] for one in both]
            lines.append(("`train_mean`", *(x for s in mean for x in (f"{s.value:.4f}", ""))))
        title = f"{cell[0]}, n = {cell[1]}, M = {cell[2]}"
        yield title, lines, f"Kendall's τ of {len(names)} models: {told(tau, drawn)}"


def spread(folders: Sequence[Path], config: str, label: str) -> float:
    """Variance of the label over test rows, mean over its entries; diagonals left out."""
    folder = next(f for f in folders if (f / "data" / config).is_dir())
    values = loading.load(private_folder(folder), config, splits=["test"])["test"][label]
    over = values.astype(np.float64).var(axis=0)
    if over.ndim == 2:
        over = over[~np.eye(len(over), dtype=bool)]
    return float(over.mean())


def randomised(answers: Answers, folders: Sequence[Path]) -> Iterator[Sequence[str]]:
    """What random inputs change of the error, in %."""
    for asked, random in sorted(answers.items()):
        measured = answers.get(replace(asked, tokens="measured"))
        if asked.tokens != "inputs" or measured is None:
            continue
        change = 100 * (random.value / measured.value - 1)
        drawn = 100 * (random.draws / measured.draws - 1)
        if not np.ptp(drawn) and not change:
            continue  # the model is shown no tokens
        s2 = spread(folders, asked.config, asked.task)
        weight = s2 / (s2 + 3 / asked.shots)
        yield (
            *(f"`{asked.config}`", asked.task, f"`{asked.model}`", str(asked.n), str(asked.shots)),
            f"{weight:.2f}" if asked.task == "correlation" else "",
            *(f"{s.value:.4f}" for s in (measured, random)),
            f"{told(change, drawn, 1)} %",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--still", type=Path, nargs="*", default=[])
    parser.add_argument("--moving", type=Path, nargs="+", required=True)
    parser.add_argument("--pair", nargs=2, action="append", default=[])
    args = parser.parse_args()
    still, moving = (read(args.results, "gspe", x) for x in (args.still, args.moving))
    for pair in args.pair:
        for title, lines, verdict in rankings(still, moving, (pair[0], pair[1])):
            head = ("model", f"`{pair[0]}`", "rank", f"`{pair[1]}`", "rank")
            print(f"### {title}\n\n{table(head, lines)}\n\n{verdict}\n")
    folders = [*args.still, *args.moving]
    lines = list(randomised(read(args.results, "randomisation", folders), folders))
    if lines:
        head = ("config", "task", "model", "n", "M", "weight", "measured", "random", "change")
        print(f"### Random inputs\n\n{table(head, lines)}")


if __name__ == "__main__":
    main()
