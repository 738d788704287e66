"""Wide at the base or wide at the tip: small shapes and large ones, for ConvAC and ConvNet.

    OMP_NUM_THREADS=1 python -m benchmarks.inductive_bias_images \
        --out benchmarks/results/inductive_bias_images.json
    python -m benchmarks.inductive_bias_images --table benchmarks/results/inductive_bias_images.json

Levine et al. 2018 (arXiv 1704.01552) let networks of one parameter count tell digits that were
small, anywhere in a frame (a local task), and digits that filled it (a global one). Here shapes of
4 × 4 cells and of equal ink are drawn on 16 × 16 pixels (`benchmarks.shape_images`). Weights are
shared in a layer; classes of the circuit have probabilities in proportion to |h|.

Every seed draws images. On them each network of each profile is trained anew with every learning
rate and from several starts, all combinations alike, and the one of the least loss on images kept
for that choice is tested on others. Intervals are Student's, over seeds. A loss of ln 5 = 1.61 is
that of a network that learnt nothing; `begun` counts the trainings that came clear of it. Where few
do, a difference is one of training and says nothing of what networks can express.
"""

import argparse
import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from baselines.networks.convac import ConvAC, ConvNet, Tree
from baselines.networks.network_training import make
from baselines.tensor_networks.architecture import Architecture
from baselines.tensor_networks.profiles import wide_base, wide_tip
from benchmarks.shape_images import FLIPPED, SHAPES, SIDE, draw
from builders.core.machine import hardware
from builders.core.threads import one_thread

PROFILES = {"wide_base": wide_base, "wide_tip": wide_tip}
RATES = (1e-3, 3e-3, 1e-2)
"""Of AdamW."""
STARTS = 1
BUDGET = 1200
TRAIN, CHOOSE, TEST, EPOCHS, BATCH = 2000, 500, 1000, 12, 50
CLEAR = 0.05
"""Nats below ln 5 that count as having begun to learn."""


@dataclass(frozen=True)
class Found:
    """The chosen network of a combination.

    Attributes:
        network: `convac` or `convnet`.
        task: `local` or `global`.
        profile: `wide_base` or `wide_tip`.
        seed: of images, and of the weights of all starts.
        widths: of the layers, from the pixels on.
        parameters: of the network.
        rate: learning rate of the chosen one.
        begun: how many of the trainings came clear of the loss of guessing.
        loss: mean cross-entropy over its last pass of training, nats.
        accuracy: on images that neither training nor choice saw, from 0 to 1.
        cpu_seconds: of all trainings.
    """

    network: str
    task: str
    profile: str
    seed: int
    widths: tuple[int, ...]
    parameters: int
    rate: float
    begun: int
    loss: float
    accuracy: float
    cpu_seconds: float


class LogCircuit(ConvAC):
    """log |h_o|, so that a class o has a probability in proportion to |h_o|.

    Values of a product over 256 pixels spread over orders of magnitude, and their logarithms do
    not: cross-entropy of the values themselves does not come down, or rises without bound.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__(architecture)
        with torch.no_grad():
            # Pixels have the mean 0: what `ConvAC` takes back for shared matrices is not needed.
            self.layers[0].mul_(architecture.positions[0] ** 0.25)
            torch.nn.init.normal_(self.head, 1.0, 0.5)

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, M) → (B, outputs)."""
        return self.logarithm(x)[1]


NETWORKS: dict[str, type[Tree]] = {"convac": LogCircuit, "convnet": ConvNet}


Images = tuple[Tensor, Tensor]


def trained(
    network: str, shape: Architecture, images: Images, rate: float, seed: Sequence[int]
) -> tuple[Tree, float]:
    """A network trained on the first `TRAIN` images, and its mean loss over the last pass, nats."""
    rng = np.random.default_rng(seed)
    model = make(lambda: NETWORKS[network](shape), list(seed))
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=1e-2, fused=True)
    pixels, labels = images
    mean = 0.0
    for _ in range(EPOCHS):
        mean = 0.0
        for rows in np.split(rng.permutation(TRAIN), TRAIN // BATCH):
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(pixels[rows]), labels[rows])
            torch.autograd.backward(loss)
            optimizer.step()
            mean += loss.item() * BATCH / TRAIN
    return model, mean


def measure(network: str, task: str, profile: str, seed: int) -> Found:
    """Train with every rate from every start; every combination of a seed sees the same images."""
    rng = np.random.default_rng([seed, list(FLIPPED).index(task)])
    pixels, labels = map(torch.from_numpy, draw(task, TRAIN + CHOOSE + TEST, rng))
    like = Architecture(SIDE**2, 2, (1,) * 4, 4, len(SHAPES), shared=True)
    shape = PROFILES[profile](like, BUDGET)
    choose, test = slice(TRAIN, TRAIN + CHOOSE), slice(TRAIN + CHOOSE, None)
    started = time.process_time()
    best, begun = (np.inf, 0.0, 0.0, 0.0), 0
    for rate in RATES:
        for start in range(STARTS):
            model, loss = trained(network, shape, (pixels, labels), rate, (seed, 1 + start))
            begun += loss < np.log(len(SHAPES)) - CLEAR
            with torch.no_grad():
                held = functional.cross_entropy(model(pixels[choose]), labels[choose]).item()
                right = (model(pixels[test]).argmax(dim=1) == labels[test]).double().mean().item()
            best = min(best, (held, rate, loss, right))
    seconds = time.process_time() - started
    _, rate, loss, right = best
    return Found(
        *(network, task, profile, seed, shape.widths, shape.parameters),
        *(rate, int(begun), round(loss, 4), round(right, 4), round(seconds, 1)),
    )


def interval(values: Sequence[float] | NDArray[np.float64]) -> tuple[float, float]:
    """Mean, and half the width of its 95 % interval: Student's t over seeds."""
    from scipy.stats import t

    x = np.asarray(values)
    return float(x.mean()), float(t.ppf(0.975, len(x) - 1) * x.std(ddof=1) / np.sqrt(len(x)))


def accuracies(found: Sequence[Found], network: str, task: str, profile: str) -> list[float]:
    """Those of all seeds, in their order, in per cent."""
    ours = [f for f in found if (f.network, f.task, f.profile) == (network, task, profile)]
    return [100.0 * f.accuracy for f in sorted(ours, key=lambda f: f.seed)]


def begun(found: Sequence[Found], network: str, task: str, profile: str) -> str:
    """How many trainings of all seeds began to learn, of how many."""
    ours = [f.begun for f in found if (f.network, f.task, f.profile) == (network, task, profile)]
    return f"{sum(ours)} of {len(ours) * len(RATES) * STARTS}"


def table(found: Sequence[Found]) -> str:
    """Markdown: accuracies, and the difference of the profiles on the same images."""
    lines = [
        "| network | task | wide base, % | wide tip, % | base − tip, points | begun, base, tip |",
        "|---|---|---|---|---|---|",
    ]
    for network in NETWORKS:
        gaps: dict[str, NDArray[np.float64]] = {}
        for task in FLIPPED:
            base, tip = (accuracies(found, network, task, profile) for profile in PROFILES)
            gaps[task] = np.subtract(base, tip)
            cells = [f"{m:.1f} ± {w:.1f}" for m, w in map(interval, (base, tip))]
            mean, half = interval(gaps[task])
            cells.append(f"{mean:+.1f} ± {half:.1f}")
            cells.append(", ".join(begun(found, network, task, p) for p in PROFILES))
            lines.append(f"| {network} | {task} | {' | '.join(cells)} |")
        mean, half = interval(gaps["local"] - gaps["global"])
        lines.append(f"| {network} | local less global | – | – | {mean:+.1f} ± {half:.1f} | – |")
    return "\n".join(lines)


def read(path: Path) -> list[Found]:
    """What a record holds."""
    stored = json.loads(path.read_text(encoding="utf-8"))["found"]
    return [Found(**{**one, "widths": tuple(one["widths"])}) for one in stored]


def write(path: Path, found: Sequence[Found]) -> None:
    """A record, a line for each network."""
    body = ",\n".join(f"  {json.dumps(asdict(one))}" for one in found)
    text = f'{{"hardware": {json.dumps(hardware())}, "found": [\n{body}\n]}}\n'
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Train all, print a line each and the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="2 or more")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--table", type=Path, metavar="JSON", help="print the table of a record")
    args = parser.parse_args()
    if args.table:
        print(table(read(args.table)))
        return
    if args.seeds < 2:
        parser.error(f"--seeds {args.seeds}: an interval takes 2 or more")
    found = []
    cases = itertools.product(range(args.seeds), FLIPPED, NETWORKS, PROFILES)
    with one_thread():
        for seed, task, network, profile in cases:
            found.append(measure(network, task, profile, seed))
            print(json.dumps(asdict(found[-1])), flush=True)
    print(table(found))
    if args.out:
        write(args.out, found)


if __name__ == "__main__":
    main()
