"""Pictures of committed results for the docs."""

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

COLOURS = {"tfim_1d": "#0072b2", "heisenberg_1d": "#d55e00", "xxz_1d": "#009e73"}
TOLERANCE = {"correlation": 5e-4, "renyi2": 1e-3, "renyi2_blocks": 1e-3}
# The same bytes from the same results.
matplotlib.rcParams["svg.hashsalt"] = "qslbench"
_NO_DATE = {"Date": None}


def plot_scaling(results: Path, picture: Path) -> None:
    """CPU seconds and memory of `benchmarks.scaling` against size and bond."""
    points = json.loads(results.read_text())["points"]
    largest = {f: [p for p in points if p["family"] == f] for f in COLOURS}
    figure, (time, memory, bond) = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    for family, colour in COLOURS.items():
        by_size = [p for p in largest[family] if p["sites"] != 48]
        sizes = [p["sites"] for p in by_size]
        time.loglog(sizes, [p["seconds"] for p in by_size], "o-", color=colour, label=family)
        labels = [p["label_seconds"] for p in by_size]
        time.loglog(sizes, labels, "s:", color=colour, markersize=3)
        memory.semilogx(sizes, [p["memory"] for p in by_size], "o-", color=colour, label=family)
        by_bond = [p for p in largest[family] if p["sites"] == 48]
        bonds = [p["bond"] for p in by_bond]
        bond.loglog(bonds, [p["seconds"] for p in by_bond], "o-", color=colour)
    time.set(xlabel="sites N", ylabel="CPU seconds a row", title="state (dotted: labels)")
    memory.set(xlabel="sites N", ylabel="GiB", title="peak memory, 20 to 2 rows")
    bond.set(xlabel="bond dimension", ylabel="CPU seconds a row", title="N = 48")
    for axis in (time, memory):
        _ticks(axis, (31, 63, 127, 256, 512, 1024))
    _ticks(bond, (16, 32, 64, 128))
    bond.set_yticks((0.05, 0.1, 0.2), ("0.05", "0.1", "0.2"))
    memory.set_ylim(bottom=0)
    time.legend()
    save(figure, picture)


def plot_errors(results: list[Path], picture: Path) -> None:
    """Label errors against the certificate, from lines of `benchmarks.label_errors`."""
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained", sharex=True)
    names = ("correlation", "renyi2", "renyi2_blocks")
    for path, marker in zip(results, "osD^v<", strict=False):
        result = json.loads(path.read_text())
        for axis, name in zip(axes, names, strict=True):
            rows = result["rows"]
            label = f"{result['family']} {result['size']}"
            axis.loglog(
                [r["relative_variance"] for r in rows],
                [r[name] for r in rows],
                marker,
                color=COLOURS.get(result["family"]),
                label=label,
                alpha=0.7,
                markersize=4,
            )
    for axis, name in zip(axes, names, strict=True):
        _limit(axis, TOLERANCE[name])
        axis.set(xlabel="energy variance / (N · largest coupling²)", title=name)
    axes[0].set_ylabel("largest error of a row")
    axes[0].legend(fontsize=7)
    save(figure, picture)


def plot_calibration(record: Path, picture: Path) -> None:
    """Estimated against true label errors, from lines of `benchmarks.calibration`."""
    from benchmarks.calibration import compared

    rows = compared(json.loads(record.read_text())["rows"])
    figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    names = sorted({r["family"] for r in rows})
    for axis, label in zip(axes, ("correlation", "renyi2"), strict=True):
        for k, name in enumerate(names):
            some = [r for r in rows if r["family"] == name]
            axis.loglog(
                [max(r[label], 1e-6) for r in some],
                [r[f"label_error_{label}"] for r in some],
                "osD^v<>Ph*Xd8p"[k % 14],
                color=f"C{k % 10}",
                label=name,
                alpha=0.7,
                markersize=4,
            )
        for factor in (1.0, 10.0):
            axis.plot(
                [1e-6, 1e-2],
                [factor * 1e-6, factor * 1e-2],
                color="0.5",
                linewidth=0.8,
                linestyle="--",
            )
        axis.set(xlabel="largest true error of a row", title=label)
    axes[0].set_ylabel("label error that the row carries")
    axes[1].legend(fontsize=6)
    save(figure, picture)


def _ticks(axis: Axes, values: tuple[int, ...]) -> None:
    axis.set_xticks(values, [str(v) for v in values])
    axis.minorticks_off()


def _limit(axis: Axes, value: float) -> None:
    axis.axhline(value, color="0.5", linewidth=0.8, linestyle="--")


def save(figure: "plt.Figure", picture: Path) -> None:
    """Write a picture, the same bytes from the same figure, and close it."""
    figure.savefig(picture, metadata=_NO_DATE if picture.suffix == ".svg" else None)
    plt.close(figure)
