"""Published 2D Heisenberg data as text: six files an instance, numbers between tabs.

The layout of the data beside Huang et al., Science 377, eabk3333 (2022), in the repository
hsinyuan-huang/provable-ml-quantum, and of Lewis et al., Nature Communications 15, 895 (2024), in
lllewis234/improved-ml-algorithm. For the instance K of a lattice, `NAME_4x5_idK_` and then

    couplings.txt   one J_b a line, or all on one line; bonds as in `lattice_bonds`
    E.txt           the energy
    XX.txt YY.txt ZZ.txt   N lines of N numbers, ⟨X_i X_j⟩ and so on, diagonal 1
    samples.txt     one shot a line, N tokens 2 · basis + bit

`SvN` and other kinds are left alone. Lewis et al. put a range between: `idK_J0.0-4.0_E.txt`, the
variant `J0.0-4.0`.

Verified on published text of the first set (4 × 5, instance 1): tabs and line counts; the order
of the bonds and the factor of the energy by E = (3/2) Σ_b J_b C_b, to 1e-6; the tokens by the
likelihood of thirty shots on the bonds, e^29 above that of basis + 3 · bit. Verified on text of the
second set: names, tabs, notation of numbers. Assumed, since an isotropic state cannot show it:
that bases 0, 1, 2 are X, Y, Z and that bit 0 is the eigenvalue +1.

Every instance is held to these conventions when it is read, see `check`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.families.heisenberg_2d import lattice_bonds

Floats = NDArray[np.float64]

LABEL_KINDS = ("E", "XX", "YY", "ZZ")
LABELS = ("energy", "correlation")  # what they become
KINDS = ("couplings", "samples", *LABEL_KINDS)
# 1,000 shots of 45 sites take 90 kB; nothing of this layout comes near.
MAX_BYTES = 100_000_000

# The published matrices are rounded, not noisy: 2e-15 off the diagonal's 1.
_ROUNDING = 1e-6
# XX and ZZ of the published states differ by 2e-5; DMRG without Σ Z conserved leaves 3e-3.
_ISOTROPY = 1e-2
# Between E and (3/2) Σ J C of one state there is rounding alone, and what isotropy leaves.
_ENERGY = 1e-4


@dataclass(frozen=True)
class Named:
    """The files of one instance.

    Attributes:
        number: K of `idK`.
        files: kind → path, all of `KINDS`.
    """

    number: int
    files: Mapping[str, Path]


@dataclass(frozen=True, eq=False)
class Instance:
    """What the files of one instance say.

    Attributes:
        couplings: float64 (bonds,), in the order of `lattice_bonds`.
        correlation: float64 (N, N), (XX + YY + ZZ)/3, symmetric, diagonal 1.
        energy: as written.
        energy_factor: `energy` over (3/2) Σ J C: 1 for the Hamiltonian with ½, 2 for that without.
        shots: uint8 (M, N), tokens.
    """

    couplings: Floats
    correlation: Floats
    energy: float
    energy_factor: int
    shots: NDArray[np.uint8]


def find(
    folder: Path, size: Size, *, variant: str = "", skip_incomplete: bool = False
) -> list[Named]:
    """The instances of a size in a folder, by number.

    Args:
        folder: with files of the layout; those of other sizes are left alone.
        size: lattice.
        variant: text between `idK_` and the kind, such as `J0.0-4.0`; "" for none.
        skip_incomplete: leave out instances that lack a file.

    Raises:
        RequestError: no folder, no instance, two names for one number, a missing file.
    """
    if not folder.is_dir():
        raise RequestError(f"{folder} is not a folder. Give one with files of the text layout.")
    between = f"_{re.escape(variant)}" if variant else ""
    pattern = re.compile(rf"(.+_{size}_id(\d+){between})_({'|'.join(KINDS)})\.txt")
    stems: dict[int, str] = {}
    paths: dict[int, dict[str, Path]] = {}
    for path in sorted(folder.iterdir()):
        match = pattern.fullmatch(path.name)
        if match is None:
            continue
        stem, number, kind = match[1], int(match[2]), match[3]
        if stems.setdefault(number, stem) != stem:
            raise RequestError(
                f"{folder} has two instances {number}: {stems[number]} and {stem}. "
                "Put data sets into folders of their own."
            )
        paths.setdefault(number, {})[kind] = path
    return _complete(folder, size, stems, paths, skip_incomplete)


def _complete(
    folder: Path,
    size: Size,
    stems: Mapping[int, str],
    paths: Mapping[int, dict[str, Path]],
    skip_incomplete: bool,
) -> list[Named]:
    whole = []
    for number, files in sorted(paths.items()):
        missing = [f"{stems[number]}_{kind}.txt" for kind in KINDS if kind not in files]
        if not missing:
            whole.append(Named(number, files))
        elif not skip_incomplete:
            raise RequestError(
                f"{folder}: instance {number} has no {', '.join(missing)}. Fetch it, or leave such "
                "instances out with --skip-incomplete."
            )
    if not whole:
        raise RequestError(
            f"{folder} has no instance of size {size} in the text layout, such as "
            f"heisenberg_{size}_id1_couplings.txt. Check --size and --variant."
        )
    return whole


def read(named: Named, size: Size) -> Instance:
    """Read and check one instance.

    Raises:
        RequestError: the file, the line and what is wrong there, or which convention is broken.
    """
    n, bonds, files = size.sites, lattice_bonds(size), named.files
    couplings = _vector(files["couplings"], len(bonds))
    matrices = np.stack([_table(files[kind], n, n) for kind in ("XX", "YY", "ZZ")])
    energy = float(_vector(files["E"], 1)[0])
    shots = _tokens(files["samples"], n)
    _check_matrices(files, matrices)
    mean = matrices.mean(axis=0)
    correlation = (mean + mean.T) / 2
    np.fill_diagonal(correlation, 1.0)
    expected = 1.5 * float(couplings @ correlation[tuple(bonds.T)])
    factor = round(energy / expected) if expected else 0
    if factor not in (1, 2) or abs(energy - factor * expected) > _ENERGY * abs(energy):
        raise RequestError(
            f"{files['E']}, line 1: the energy {energy:.10g} is neither (3/2) nor 3 sum_b J_b C_b "
            f"= {expected:.10g} or {2 * expected:.10g} of the couplings and correlations: another "
            "Hamiltonian, or another order of the bonds."
        )
    return Instance(couplings, correlation, energy, factor, shots)


def _check_matrices(files: Mapping[str, Path], matrices: Floats) -> None:
    mean = matrices.mean(axis=0)
    named = [(files[k], m) for k, m in zip(("XX", "YY", "ZZ"), matrices, strict=True)]
    for path, matrix in named:
        _limit(path, matrix, np.abs(matrix - matrix.T), _ROUNDING, "its transpose differs")
        off = np.abs(np.diag(np.diag(matrix) - 1.0))
        _limit(path, matrix, off, _ROUNDING, "the diagonal is not 1")
        _limit(path, matrix, np.abs(matrix) - 1.0, _ROUNDING, "an entry is outside -1 to 1")
    for path, matrix in named:
        _limit(path, matrix, np.abs(matrix - mean), _ISOTROPY, "XX, YY and ZZ differ")


def _limit(path: Path, matrix: Floats, off: Floats, most: float, how: str) -> None:
    """Name the worst place where `off` is above `most`."""
    i, j = np.unravel_index(int(off.argmax()), off.shape)
    if off[i, j] > most:
        raise _fault(path, int(i), f"{how}, column {j + 1} holds {matrix[i, j]:.6g}")


def _vector(path: Path, length: int) -> Floats:
    """One number a line, or all on one line."""
    lines = _lines(path)
    across = len(lines) == 1 and length > 1
    return _table(path, 1 if across else length, length if across else 1).ravel()


def _table(path: Path, rows: int, columns: int) -> Floats:
    values = np.empty((rows, columns))
    lines = _lines(path)
    for k, words in enumerate(lines[:rows]):
        if len(words) != columns:
            raise _fault(path, k, f"{len(words)} numbers, {columns} are needed")
        for column, word in enumerate(words):
            try:
                values[k, column] = float(word)
            except ValueError:
                raise _fault(path, k, f"{word[:40]!r} is not a number") from None
        if not np.isfinite(values[k]).all():
            raise _fault(path, k, "a number is not finite")
    if len(lines) != rows:
        raise _fault(path, min(len(lines), rows), f"{len(lines)} lines, {rows} are needed")
    return values


def _tokens(path: Path, sites: int) -> NDArray[np.uint8]:
    lines = _lines(path)
    for k, words in enumerate(lines):
        if len(words) != sites:
            raise _fault(path, k, f"{len(words)} tokens, {sites} are needed")
        strange = [word for word in words if word not in {"0", "1", "2", "3", "4", "5"}]
        if strange:
            raise _fault(path, k, f"{strange[0][:40]!r} is not a token from 0 to 5")
    return np.array(lines, dtype=np.uint8)


def _lines(path: Path) -> list[list[str]]:
    """Words between tabs, line by line; one line end at the end of the file is allowed."""
    if path.stat().st_size > MAX_BYTES:
        raise RequestError(f"{path} has {path.stat().st_size} bytes; at most {MAX_BYTES}.")
    try:
        text = path.read_text(encoding="ascii")
    except UnicodeDecodeError as error:
        raise RequestError(f"{path} is not plain text: byte {error.start}.") from None
    lines = text.removesuffix("\n").split("\n")
    for k, line in enumerate(lines):
        if not line.strip():
            raise _fault(path, k, "the line is empty")
    return [line.removesuffix("\r").split("\t") for line in lines]


def _fault(path: Path, index: int, reason: str) -> RequestError:
    return RequestError(f"{path}, line {index + 1}: {reason}.")
