"""`qslbench card`: write the documents of a data set folder again, or the cards of families."""

import json
from pathlib import Path

import click

from builders import families
from builders.cards import card, croissant, documents, measurements
from builders.core import files
from builders.core.errors import RequestError
from builders.core.examples import example
from builders.dataset import manifest
from builders.folders.rewriting import rewrite


@click.command(epilog=example("qslbench card data"))
@click.argument(
    "directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path), default=None
)
@click.option(
    "--baselines",
    "scores",
    type=click.Path(path_type=Path),
    help="JSON with scores of baselines on these data, to show on the card.",
)
@click.option(
    "--files",
    "data",
    is_flag=True,
    help="Also write data files of an earlier layout again, with the same values.",
)
@click.option("--family", "names", multiple=True, help="Write the card of this family instead.")
@click.option("--all", "every", is_flag=True, help="Write the cards of all families instead.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("cards"),
    show_default=True,
    help="Folder of the families' cards.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    directory: Path | None,
    scores: Path | None,
    data: bool,
    names: tuple[str, ...],
    every: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Write README.md and croissant.json of DIR again, or cards of families into --out."""
    chosen = tuple(families.names()) if every else tuple(map(families.named, names))
    if (directory is None) == (not chosen):
        raise RequestError(
            "give a data set folder, or families with --family NAME or --all, and not both."
        )
    if directory is None:
        if data or scores is not None:
            raise RequestError("--files and --baselines are about a data set folder: give one.")
        written = _families(chosen, out)
    else:
        again = rewrite(directory) if data else []
        written = [str(directory / name) for name in again] + _documents(directory, scores)
    click.echo(json.dumps({"written": written}) if as_json else "\n".join(written))


def _documents(folder: Path, scores: Path | None) -> list[str]:
    manifest.check_current(manifest.read(folder), folder)
    if scores is not None:
        documents.add_baselines(folder, measurements.read_baselines(scores))
    with files.locked(folder):
        documents.write_documents(folder, manifest.read(folder))
    return [str(folder / name) for name in (card.NAME, croissant.NAME, manifest.NAME)]


def _families(names: tuple[str, ...], out: Path) -> list[str]:
    # The families' cards name the limits of solvers, whose modules are heavy.
    from builders.cards import family_card

    texts = {out / f"{name}.md": family_card.text(name) for name in names}
    out.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        files.replace_text(path, text)
    return [str(path) for path in texts]
