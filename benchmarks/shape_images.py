"""Shapes of equal ink, drawn small and anywhere, or filling the image.

A local image has six copies of its shape at random, a cell being a pixel; a global one is filled by
its shape, a cell being a block of 4 × 4 pixels. Cells are flipped with a probability of the task.
Pixels are read in Z-order, so that a window of 4 is a patch of 2 × 2 pixels, then of 4 × 4, and so
on.
"""

import numpy as np
from numpy.typing import NDArray

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
