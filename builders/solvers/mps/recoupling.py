"""Coefficients of spin operators between multiplets: Wigner's 6j symbol and what follows from it.

Spins are given as twice their value, so that they are integers. A site has spin ½; multiplets j of
the sites on its left are joined with it to multiplets m. Reduced elements t are those of the
Wigner–Eckart theorem without a root, ⟨j′μ′|T_q|jμ⟩ = ⟨jμ; kq|j′μ′⟩ t, in which the identity has the
elements 1. Formulas: Edmonds, Angular Momentum in Quantum Mechanics (1957), 7.1.6 to 7.1.8, whose
reduced elements are √(2j′ + 1) t.
"""

import math
from fractions import Fraction
from functools import cache

_SIGMA = math.sqrt(6.0)  # Edmonds' reduced element of the Pauli vector


@cache
def six_j(a: int, b: int, c: int, d: int, e: int, f: int) -> float:
    """{a/2 b/2 c/2; d/2 e/2 f/2} by Racah's sum; 0 where a triangle cannot be closed."""
    triangles = ((a, b, c), (a, e, f), (d, b, f), (d, e, c))
    if any((x + y + z) % 2 or not abs(x - y) <= z <= x + y for x, y, z in triangles):
        return 0.0
    weight = Fraction(1)
    for x, y, z in triangles:
        corners = [(x + y - z) // 2, (x - y + z) // 2, (-x + y + z) // 2]
        weight *= math.prod(map(math.factorial, corners))
        weight /= math.factorial((x + y + z) // 2 + 1)
    least = [sum(t) // 2 for t in triangles]
    most = [(a + b + d + e) // 2, (b + c + e + f) // 2, (a + c + d + f) // 2]
    total = Fraction(0)
    for k in range(max(least), min(most) + 1):
        rest = [k - s for s in least] + [s - k for s in most]
        term = Fraction(math.factorial(k + 1), math.prod(map(math.factorial, rest)))
        total += -term if k % 2 else term
    return math.sqrt(weight) * float(total)


def _sign(power: int) -> float:
    return -1.0 if power % 2 else 1.0


@cache
def begun(j: int, m_out: int, m: int) -> float:
    """T of σ on the site: from m to m_out, the multiplet j beside it as it is."""
    sign = _sign((j + 1 + m_out) // 2 + 1)
    return sign * math.sqrt(m + 1) * six_j(1, m_out, j, m, 1, 2) * _SIGMA


@cache
def passed(j_out: int, j: int, m_out: int, m: int) -> float:
    """t, from m to m_out, of a vector on the left whose own t from j to j_out is 1."""
    sign = _sign((j_out + 1 + m) // 2 + 1)
    return sign * math.sqrt((m + 1) * (j_out + 1)) * six_j(j_out, m_out, 1, m, j, 2)


@cache
def ended(j_out: int, j: int, m: int) -> float:
    """T of T · σ in m, T a vector on the left whose own t from j to j_out is 1."""
    sign = _sign((j + 1 + m) // 2)
    return sign * math.sqrt(j_out + 1) * _SIGMA * six_j(m, 1, j_out, 2, j, 1)


def coupled(j: int, spin: int, m: int, z: int) -> float:
    """Clebsch–Gordan ⟨j/2 (z − spin)/2; ½ spin/2 | m/2 z/2⟩ of a site with S_z = spin/2 = ±½."""
    if abs(z) > m or abs(z - spin) > j:
        return 0.0
    if m == j + 1:
        return math.sqrt((m + spin * z) / (2 * m))
    return -spin * math.sqrt((j + 1 - spin * z) / (2 * (j + 1)))
