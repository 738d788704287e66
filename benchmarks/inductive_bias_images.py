"""Wide at the base or wide at the tip: small shapes and large ones, for ConvAC and ConvNet.

    OMP_NUM_THREADS=1 python -m benchmarks.inductive_bias_images \
        --out benchmarks/results/inductive_bias_images.json
    python -m benchmarks.inductive_bias_images --table benchmarks/results/inductive_bias_images.json

Levine et al. 2018 (arXiv 1704.01552) let networks of one parameter count tell digits that were
small, anywhere in a frame (a local task), and digits that filled it (a global one). Here shapes of
4 × 4 cells and of equal ink are drawn on 16 × 16 pixels. A local image has six copies of its shape
at random, a cell being a pixel; a global one is filled by its shape, a cell being a block of 4 × 4
pixels. Cells are flipped with a probability of the task. Pixels are read in Z-order, so that a
window of 4 is a patch of 2 × 2 pixels, then of 4 × 4, and so on. Weights are shared in a layer;
classes of the circuit have probabilities in proportion to |h|. Every seed draws images and weights;
intervals are Student's, over seeds. A loss of ln 5 = 1.61 is that of a network that learnt nothing:
look at it before a difference is taken for one of what networks can express.
"""

import argparse
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
from builders.core.machine import hardware
from builders.core.threads import one_thread

SIDE, CELLS = 16, 4
SHAPES = (
    ".##. #..# #..# .##.",
    "##.. ##.. ..## ..##",
    "##.# ##.# ##.. ....",
    "##.. #..# #..# ..##",
    "##.# #..# ##.. #...",
)
"""Networks of shared matrices do not see the order in a window: quarters have other inks."""
COPIES = {"local": 6, "global": 1}
FLIPPED = {"local": 0.02, "global": 0.1}
"""Probability that a cell is flipped: neither task is to be perfect, nor a guess."""
PROFILES = {"wide_base": wide_base, "wide_tip": wide_tip}
RATES = {"convac": 3e-3, "convnet": 1e-3}
"""Of AdamW. The circuit's, and how it begins, were tried on images of seed 50 with a wide base on
local images and a wide tip on global ones alone, which may favour these two."""
BUDGET = 1200
TRAIN, TEST, EPOCHS, BATCH = 2000, 1000, 12, 50


@dataclass(frozen=True)
class Found:
    """One network after training.

    Attributes:
        network: `convac` or `convnet`.
        task: `local` or `global`.
        profile: `wide_base` or `wide_tip`.
        seed: of images and weights.
        widths: of the layers, from the pixels on.
        parameters: of the network.
        loss: mean cross-entropy over the last pass of training, nats.
        accuracy: on images that were not trained on, from 0 to 1.
        cpu_seconds: of training.
    """

    network: str
    task: str
    profile: str
    seed: int
    widths: tuple[int, ...]
    parameters: int
    loss: float
    accuracy: float
    cpu_seconds: float


def z_order(side: int) -> NDArray[np.int64]:
    """Flat numbers of the pixels of a square in Z-order, int64 (side²,); side a power of 2."""
    order = np.zeros((1, 1), dtype=np.int64)
    while len(order) < side:
        n = order.size
        order = np.block([[order, order + n], [order + 2 * n, order + 3 * n]])
    return np.argsort(order.ravel())


def shapes() -> NDArray[np.int64]:
    """The shapes, 0 or 1, (S, 4, 4)."""
    return np.array([[[x == "#" for x in row] for row in s.split()] for s in SHAPES], np.int64)


def draw(
    task: str, count: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Images (count, 256, 2) in Z-order, a pixel as (1, ±1), and the number of each shape."""
    which = rng.integers(len(SHAPES), size=count)
    side = SIDE if task == "local" else CELLS
    images = np.zeros((count, side, side), dtype=np.int64)
    for image, shape in zip(images, shapes()[which], strict=True):
        for y, x in 2 * rng.integers((side - CELLS) // 2 + 1, size=(COPIES[task], 2)):
            image[y : y + CELLS, x : x + CELLS] |= shape
    images ^= rng.random(images.shape) < FLIPPED[task]
    images = np.kron(images, np.ones((1, SIDE // side, SIDE // side), dtype=np.int64))
    pixels = images.reshape(count, -1)[:, z_order(SIDE)]
    pixels = (pixels - pixels.mean()) / pixels.std()
    return np.stack([np.ones_like(pixels), pixels], axis=2).astype(np.float32), which


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


def measure(network: str, task: str, profile: str, seed: int) -> Found:
    """Train one network; every profile of a seed sees the same images."""
    rng = np.random.default_rng([seed, list(FLIPPED).index(task)])
    images, labels = (torch.from_numpy(x) for x in draw(task, TRAIN + TEST, rng))
    like = Architecture(SIDE**2, 2, (1,) * 4, 4, len(SHAPES), shared=True)
    shape = PROFILES[profile](like, BUDGET)
    model = make(lambda: NETWORKS[network](shape), [seed, 1])
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=RATES[network], weight_decay=1e-2, fused=True
    )
    started, loss_sum = time.process_time(), 0.0
    for _ in range(EPOCHS):
        loss_sum = 0.0
        for rows in np.split(rng.permutation(TRAIN), TRAIN // BATCH):
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(images[rows]), labels[rows])
            torch.autograd.backward(loss)
            optimizer.step()
            loss_sum += loss.item() * BATCH / TRAIN
    seconds = time.process_time() - started
    with torch.no_grad():
        right = (model(images[TRAIN:]).argmax(dim=1) == labels[TRAIN:]).double().mean().item()
    return Found(
        *(network, task, profile, seed, shape.widths, shape.parameters),
        *(round(loss_sum, 4), round(right, 4), round(seconds, 1)),
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


def table(found: Sequence[Found]) -> str:
    """Markdown: accuracies, and the difference of the profiles on the same images."""
    lines = [
        "| network | task | wide base, % | wide tip, % | base − tip, points |",
        "|---|---|---|---|---|",
    ]
    for network in NETWORKS:
        gaps: dict[str, NDArray[np.float64]] = {}
        for task in FLIPPED:
            base, tip = (accuracies(found, network, task, profile) for profile in PROFILES)
            gaps[task] = np.subtract(base, tip)
            cells = [f"{m:.1f} ± {w:.1f}" for m, w in map(interval, (base, tip))]
            mean, half = interval(gaps[task])
            lines.append(f"| {network} | {task} | {' | '.join(cells)} | {mean:+.1f} ± {half:.1f} |")
        mean, half = interval(gaps["local"] - gaps["global"])
        lines.append(f"| {network} | local less global | – | – | {mean:+.1f} ± {half:.1f} |")
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
    with one_thread():
        for seed in range(args.seeds):
            for task in FLIPPED:
                for network in NETWORKS:
                    for profile in PROFILES:
                        found.append(measure(network, task, profile, seed))
                        print(json.dumps(asdict(found[-1])), flush=True)
    print(table(found))
    if args.out:
        write(args.out, found)


if __name__ == "__main__":
    main()
