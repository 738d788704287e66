"""`qslbench import FOLDER`: published data in the field's text layout become a config."""  # noqa: N999

import json
from pathlib import Path

import click

from builders import families
from builders.core.errors import RequestError
from builders.dataset import manifest
from builders.dataset.config import offered_tasks
from builders.folders.siblings import private_folder


@click.command(name="import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--family", required=True, help="heisenberg_2d.")
@click.option("--size", required=True, help="ROWSxCOLUMNS of the instances to take.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Data set folder.")
@click.option("--private", type=click.Path(path_type=Path), help="Default: OUT-private.")
@click.option("--train", type=int, help="Training rows; default 80 % of the instances.")
@click.option("--test", type=int, help="Test rows, labels hidden; default the others.")
@click.option("--shots", type=int, help="Shots of each; default what every instance has.")
@click.option("--variant", default="", help="Text between idK_ and the kind, such as J0.0-4.0.")
@click.option("--skip-incomplete", is_flag=True, help="Leave out instances that lack a file.")
@click.option("--solve", is_flag=True, help="Compute the labels that the text lacks.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    folder: Path,
    family: str,
    size: str,
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
    """Import instances from FOLDER: NAME_4x5_id1_couplings.txt, _E, _XX, _YY, _ZZ, _samples."""
    from builders.building.importing import FAMILY, Wanted, import_text

    shape = families.load(family).geometry.parse(size)
    families.load(family).check_size(shape)
    if family != FAMILY:
        raise RequestError(f"--family {family}: the text layout is known for {FAMILY} alone.")
    wanted = Wanted(train, test, shots, variant, skip_incomplete, solve)
    spec = import_text(folder, shape, out, private, wanted)
    entry = manifest.read(out).configs[spec.config]
    tasks = offered_tasks(entry)
    hidden = private or private_folder(out)
    if as_json:
        done = {"config": spec.config, "out": str(out), "private": str(hidden)}
        click.echo(json.dumps(done | {"tasks": tasks, **entry.model_dump(mode="json")}))
        return
    counts = ", ".join(f"{count} {split}" for split, count in spec.rows.items())
    click.echo(
        f"{spec.config}: {counts} rows of {spec.shots} shots -> {out}\n"
        f"tasks: {', '.join(tasks)}; absent labels: {', '.join(entry.absent or ()) or 'none'}\n"
        f"hidden labels -> {hidden}"
    )
