"""`qslbench card DIR`: write README.md and croissant.json of a data set folder again."""

import json
from pathlib import Path

import click

from builders import card, croissant, files, folder, manifest


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(directory: Path, as_json: bool) -> None:
    """Write the card and croissant.json of DIR again from its manifest and the template."""
    current = manifest.read(directory)
    with files.locked(directory):
        folder.write_documents(directory, current)
    written = [str(directory / name) for name in (card.NAME, croissant.NAME, manifest.NAME)]
    if as_json:
        click.echo(json.dumps({"written": written}))
    else:
        click.echo("\n".join(written))
