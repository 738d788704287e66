"""Products of exponentials: which layers of bonds a step applies, and for how long."""

from dataclasses import dataclass

from builders.physics.evolution_settings import Order

# Coefficients of a step exp(a0 A) exp(b0 B) exp(a1 A) …, a palindrome of which this is the first
# half; A are the bonds (0, 1), (2, 3), …, B the others.
_HALVES: dict[int, tuple[float, ...]] = {
    2: (0.5, 1.0),
    # Barthel and Zhang, Ann. Phys. 418, 168165 (2020), eq. (30a): of eleven factors the one of the
    # smallest error of fourth order.
    4: (
        0.095848502741203681182,
        0.42652466131587616168,
        -0.078111158921637922695,
        -0.12039526945509726545,
    ),
}


@dataclass(frozen=True)
class Layer:
    """Gates exp(−i time h) on every second bond.

    Attributes:
        odd: on the bonds (1, 2), (3, 4), … instead of (0, 1), (2, 3), ….
        time: for how long, in the units of 1/H; may be negative.
    """

    odd: bool
    time: float


def layers(time: float, steps: int, order: Order) -> list[Layer]:
    """The layers of `steps` equal steps, those of neighbouring steps joined.

    Their error is ∝ (time / steps)^order. 2 · steps + 1 layers of second order, 10 · steps + 1 of
    fourth.
    """
    out: list[Layer] = []
    for _ in range(steps):
        for at, share in enumerate(_palindrome(order)):
            length = share * time / steps
            if out and at == 0:
                out[-1] = Layer(False, out[-1].time + length)
            else:
                out.append(Layer(bool(at % 2), length))
    return out


def _palindrome(order: Order) -> list[float]:
    half = list(_HALVES[order])
    if order == 2:
        return [half[0], half[1], half[0]]
    half.append(0.5 - half[0] - half[2])
    middle = 1.0 - 2.0 * (half[1] + half[3])
    return [*half, middle, *reversed(half)]
