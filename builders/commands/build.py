"""`qslbench build FAMILY --size N`: solve, label, sample and write one config."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from builders import families
from builders.core.errors import RequestError, WorkError, counted, of_system
from builders.core.examples import example
from builders.dataset import manifest
from builders.folders.siblings import private_folder
from builders.physics.certificate import VARIANCE_LIMIT


@click.command(epilog=example("qslbench build tfim_1d --size 48 --train 100 --test 200 --out data"))
@click.argument("family")
@click.option(
    "--size",
    required=True,
    help="Sites of a chain, ROWSxCOLUMNS of a lattice, the distance of a code or DISTANCErROUNDS.",
)
@click.option("--train", type=int, show_default="100", help="Training rows.")
@click.option("--test", type=int, show_default="200", help="Test rows, labels hidden.")
@click.option(
    "--test-ood",
    default=0,
    show_default=True,
    help="Test rows of the family's shifted distribution, labels hidden.",
)
@click.option(
    "--shots", type=int, help="Shots stored for each row; default 512 where a row has any."
)
@click.option(
    "--noise",
    multiple=True,
    metavar="CHANNEL",
    help="Noise that the shots went through: readout:P01,P10, depolarizing:P or device:NAME, such "
    "as device:FakeSherbrooke. Labels stay those of the noiseless state. Of codes: uniform:P, by "
    "default uniform:0.005, or biased:P,Z.",
)
@click.option(
    "--seed", default=0, show_default=True, help="Seed of the rows that are public whole."
)
@click.option(
    "--test-seed",
    type=int,
    help="Seed of the rows with hidden labels, which it rebuilds. By default a secret one is drawn "
    "and kept in the private folder; give one only where nothing is to be hidden.",
)
@click.option(
    "--parameters",
    "table",
    type=click.Path(path_type=Path),
    help="Rows from a table of the family's parameters (.csv, .parquet, .json) in place of drawn "
    "ones; --train and --test cut it, 80 % to 20 % by default, or its column `split` does.",
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("data"), show_default=True)
@click.option("--private", type=click.Path(path_type=Path), help="Default: OUT-private.")
@click.option("--workers", type=int, help="Processes; default one a processor.")
@click.option("--scheduler", help="tcp://host:port of a Dask scheduler, to solve on its workers.")
@click.option(
    "--solver", default="", help="One of the family, such as torch or block2; by default its first."
)
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="Where the solver torch computes.",
)
@click.option(
    "--variance-limit",
    default=VARIANCE_LIMIT,
    show_default=True,
    help="Largest energy variance of a row, in N · (energy unit)².",
)
@click.option("--bond", type=int, help="With another limit: states kept, at most.")
@click.option("--resume", is_flag=True, help="Go on with a build that was stopped.")
@click.option(
    "--force", is_flag=True, help="Replace a config that was built otherwise, its test rows too."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    family: str,
    size: str,
    train: int | None,
    test: int | None,
    test_ood: int,
    shots: int | None,
    noise: tuple[str, ...],
    seed: int,
    test_seed: int | None,
    table: Path | None,
    out: Path,
    private: Path | None,
    workers: int | None,
    scheduler: str | None,
    solver: str,
    device: str,
    variance_limit: float,
    bond: int | None,
    resume: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Build one config of FAMILY, a name or the file of a family of yours such as ./my_family.py,
    into the data set folder OUT.
    """
    from builders.building import asked
    from builders.building.build import build

    counts = (train, test, test_ood)
    spec = asked.spec_of(
        *(families.named(family), size, *counts, shots, noise),
        seed=seed,
        test_seed=test_seed,
        variance_limit=variance_limit,
        bond=bond,
    )
    given = None
    if table is not None:
        given, spec = asked.tabled(spec, table, *counts)
    if device == "cuda":
        if solver not in ("", "torch"):
            raise RequestError(
                f"solver {solver!r} computes on the processor; --device cuda goes with torch alone."
            )
        solver = "torch-cuda"
    with _going_on():
        build(
            *(spec, out, private),
            workers=workers,
            scheduler=scheduler,
            solver=solver,
            resume=resume,
            force=force,
            table=given,
        )
    entry = manifest.read(out).configs[spec.config]
    if as_json:
        done = {"config": spec.config, "out": str(out), **entry.model_dump(mode="json")}
        click.echo(json.dumps(done | {"private": str(private or private_folder(out))}))
        return
    said = ", ".join(f"{count} {split}" for split, count in spec.rows.items())
    click.echo(
        f"{spec.config}: {said} rows of {counted(spec.shots, 'shot')} in "
        f"{entry.wall_seconds:.1f} s -> {out}\n"
        f"hidden labels -> {private or private_folder(out)}"
    )


@contextmanager
def _going_on() -> Iterator[None]:
    """Say how to go on with a build that the user or the system stopped."""
    kept = "What is finished is kept: go on with the same command and --resume."
    try:
        yield
    except KeyboardInterrupt:
        raise WorkError(f"stopped. {kept}") from None
    except OSError as error:
        raise WorkError(f"{of_system(error)} {kept}") from error
