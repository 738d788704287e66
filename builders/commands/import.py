"""`qslbench import FOLDER`: published data in layouts of the field become a config."""  # noqa: N999

import json
from pathlib import Path

import click

from builders import families
from builders.core.errors import RequestError, counted
from builders.core.examples import example
from builders.dataset import manifest
from builders.dataset.config import offered_tasks
from builders.folders.siblings import private_folder
from builders.kinds.code import CodeFamily


@click.command(
    name="import",
    epilog=example("qslbench import heisenberg_text --family heisenberg_2d --size 4x5 --out data"),
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--family",
    required=True,
    help="Of shots that you measured what was prepared, a name or a file of yours; else "
    "heisenberg_2d, or a code: surface_code, surface_code_x.",
)
@click.option(
    "--size",
    required=True,
    help="ROWSxCOLUMNS of the instances to take; of a code DISTANCE or DISTANCErROUNDS.",
)
@click.option("--name", default="", help="Of an experiment; stands in the config's name.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Data set folder.")
@click.option("--private", type=click.Path(path_type=Path), help="Default: OUT-private.")
@click.option("--train", type=int, help="Training rows; default 80 % of the instances.")
@click.option("--test", type=int, help="Test rows, labels hidden; default the others.")
@click.option("--shots", type=int, help="Shots of each; default what every instance has.")
@click.option(
    "--variant",
    default="",
    help="Text between idK_ and the kind, such as J0.0-4.0; of a code the error model to take.",
)
@click.option("--skip-incomplete", is_flag=True, help="Leave out instances that lack a file.")
@click.option("--solve", is_flag=True, help="Compute the labels that the text lacks.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    folder: Path,
    family: str,
    size: str,
    name: str,
    out: Path,
    private: Path | None,
    train: int | None,
    test: int | None,
    shots: int | None,
    variant: str,
    skip_incomplete: bool,
    solve: bool,
    as_json: bool,
) -> None:
    """Import from FOLDER. Shots that you measured: shots.csv (row, bases, outcomes) and
    parameters.csv, or .parquet or .json. Published lattices: NAME_4x5_id1_couplings.txt, _E, _XX,
    _YY, _ZZ, _samples. An experiment on a code: circuit*.stim, detection_events.b8,
    obs_flips_actual.b8.
    """
    from builders.building.importing import FAMILY, Wanted, import_text
    from builders.building.importing_shots import WantedShots, import_shots
    from builders.building.measured_shots import WantedMeasured, import_tables, tables_in

    family = families.named(family)
    declared = families.load(family)
    shape = declared.geometry.parse(size)
    declared.check_size(shape)
    tables = tables_in(folder)
    if isinstance(declared, CodeFamily):
        if shots is not None or skip_incomplete or solve:
            raise RequestError(
                f"--shots, --skip-incomplete and --solve mean nothing for {family}, whose rows are "
                "single shots. Leave them out."
            )
        if not name:
            raise RequestError("--name: name the experiment in lower case, such as willow_d3.")
        spec = import_shots(
            *(folder, declared, shape, out, private), WantedShots(name, train, test, variant)
        )
    elif tables is not None:
        if variant or skip_incomplete:
            raise RequestError(
                f"--variant and --skip-incomplete mean nothing for {tables[0].name}. Leave them "
                "out."
            )
        measured = WantedMeasured(name, train, test, shots, solve)
        spec = import_tables(*tables, declared, shape, out, private, measured)
    elif family == FAMILY and not name:
        wanted = Wanted(train, test, shots, variant, skip_incomplete, solve)
        spec = import_text(folder, shape, out, private, wanted)
    else:
        raise RequestError(
            f"{folder} has no table shots.csv, and --family {family}: other layouts are known of "
            f"{FAMILY}, without --name, and of codes."
        )
    entry = manifest.read(out).configs[spec.config]
    tasks = offered_tasks(entry)
    hidden = private or private_folder(out)
    if as_json:
        done = {"config": spec.config, "out": str(out), "private": str(hidden)}
        click.echo(json.dumps(done | {"tasks": tasks, **entry.model_dump(mode="json")}))
        return
    counts = ", ".join(f"{count} {split}" for split, count in spec.rows.items())
    click.echo(
        f"{spec.config}: {counts} rows of {counted(spec.shots, 'shot')} -> {out}\n"
        f"tasks: {', '.join(tasks) or 'none'}; "
        f"absent labels: {', '.join(entry.absent or ()) or 'none'}\n"
        f"hidden labels -> {hidden}"
    )
