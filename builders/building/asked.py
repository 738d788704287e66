"""Building as people and programs ask for it: names and numbers in, a config in a folder out."""

from dataclasses import replace
from pathlib import Path

from builders import families
from builders.building import runners
from builders.building.build import build as build_spec
from builders.building.parameter_table import ParameterTable, read_parameters
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.spec import OOD, BuildSpec
from builders.physics.certificate import VARIANCE_LIMIT
from builders.physics.channel import Channel

TRAIN, TEST = 100, 200
"""Rows that a build has where nobody says how many."""


def build(
    family: str,
    size: Size | int | str,
    *,
    train: int | None = None,
    test: int | None = None,
    test_ood: int = 0,
    shots: int | None = None,
    noise: str = "",
    seed: int = 0,
    test_seed: int | None = None,
    parameters: str | Path | None = None,
    out: str | Path = "data",
    private: str | Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    solver: str = "",
    variance_limit: float = VARIANCE_LIMIT,
    bond: int | None = None,
    resume: bool = False,
    force: bool = False,
) -> str:
    """Build one config into a data set folder; its name.

    Solved rows are ground states with exact labels: energies in units of the Hamiltonian,
    correlations without a unit, entropies in bit. The rows of the test splits keep theirs in the
    private folder alone.

    Args:
        family: name of a family, or the path of a file with one of yours, such as `./mine.py`.
        size: sites, `5x5` of a lattice, a distance of a code, vertices of a graph.
        train: training rows; 100 by default.
        test: test rows; 200 by default.
        test_ood: test rows of the family's shifted distribution.
        shots: random-Pauli shots stored of each row; by default 512 where rows have any.
        noise: channel that the shots go through, such as `readout:0.01,0.02`; "" for none.
        seed: of the public rows, 0 … 2⁶³ − 1.
        test_seed: of the rows with hidden labels; drawn in secret by default.
        parameters: a table of the family's parameters, one row a line, in place of drawn ones: a
            file that ends in .csv, .parquet or .json. `train` and `test` cut it, 80 % to 20 % by
            default, unless it has a column `split`.
        out: data set folder, made if it is not there; other configs in it stay.
        private: folder of the hidden labels; `<out>-private` by default.
        workers: processes; one a processor by default. In a script start processes below
            `if __name__ == "__main__":`, or give 1.
        scheduler: `tcp://host:port` of a Dask scheduler, whose workers make the rows.
        solver: one of the family; by default its first.
        variance_limit: largest energy variance of a row, in N · (energy unit)².
        bond: states kept at most; goes with a variance limit of one's own.
        resume: go on with a build that was stopped.
        force: replace a config of that name that was built otherwise; its test rows too.

    Raises:
        RequestError: a family, size, number or file that is not allowed; a config that is there
            and was built otherwise.
        WorkError: a row is not as exact as was asked for, or a worker died.

    >>> import qslbench
    >>> qslbench.build("tfim_1d", 6, train=4, test=2, shots=8, out="small", workers=1)
    'tfim_1d_n006'
    """
    runners.check_main()
    name = families.named(family)
    asked = spec_of(
        *(name, size, train, test, test_ood, shots, (noise,) if noise else ()),
        seed=seed,
        test_seed=test_seed,
        variance_limit=variance_limit,
        bond=bond,
    )
    table = None
    if parameters is not None:
        table, asked = tabled(asked, Path(parameters), train, test, test_ood)
    with families.at_work(name):
        build_spec(
            *(asked, Path(out), None if private is None else Path(private)),
            workers=workers,
            scheduler=scheduler,
            solver=solver,
            resume=resume,
            force=force,
            table=table,
        )
    return asked.config


def spec_of(
    family: str,
    size: Size | int | str,
    train: int | None,
    test: int | None,
    test_ood: int,
    shots: int | None,
    noise: tuple[str, ...],
    *,
    seed: int,
    test_seed: int | None,
    variance_limit: float,
    bond: int | None,
) -> BuildSpec:
    """What to build, with what was not said in place.

    Raises:
        RequestError: as `build`.
    """
    declared = families.load(family)
    shape = size if isinstance(size, Size) else declared.geometry.parse(size)
    rows = {"train": TRAIN if train is None else train, "test": TEST if test is None else test}
    rows |= {OOD: test_ood} if test_ood else {}
    copies = declared.record.default_shots if shots is None else shots
    if len(noise) > 1:
        raise RequestError(
            f"--noise {' and '.join(noise)}: shots go through one channel. Give --noise once."
        )
    channel = Channel.parse(noise[0]).name if noise else ""
    return BuildSpec(family, shape, rows, copies, seed, variance_limit, bond, test_seed, channel)


def tabled(
    asked: BuildSpec, path: Path, train: int | None, test: int | None, test_ood: int
) -> tuple[ParameterTable, BuildSpec]:
    """The table of a build, and what to build with the rows that it gives.

    Raises:
        RequestError: a table that cannot be, see `read_parameters`.
    """
    if test_ood:
        raise RequestError(
            f"--test-ood {test_ood} with --parameters: a table names rows of test_ood in a column "
            "`split`. Leave it out."
        )
    family = families.load(asked.family)
    table = read_parameters(path, family, asked.size, train, test)
    return table, replace(asked, rows=table.counts, table=table.sha256)
