"""`qslbench publish DIR --repo ORG/NAME`: bring a data set folder to the Hub."""

import json
import sys
from functools import partial
from pathlib import Path

import click

from builders.core.examples import example


@click.command(epilog=example("qslbench publish data --repo ORG/NAME --revision v1 --dry-run"))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--repo", required=True, help="Repository of the data, ORG/NAME.")
@click.option("--private-repo", help="Private repository of the hidden labels; default none.")
@click.option("--private", type=click.Path(path_type=Path), help="Default: DIR-private.")
@click.option("--revision", help="Tag of what is published, such as v1.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    folder: Path,
    repo: str,
    private_repo: str | None,
    private: Path | None,
    revision: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make the Hub repository ORG/NAME equal to the data set folder DIR, and tag it.

    The token is that of HF_TOKEN, or of `hf auth login`. What is there already is not sent again.
    """
    from builders.publishing.publish import publish

    done = publish(
        folder,
        repo,
        private=private,
        private_repo=private_repo,
        tag=revision,
        dry_run=dry_run,
        say=partial(click.echo, file=sys.stderr),
    )
    if as_json:
        repositories = [one.to_json() for one in done]
        click.echo(json.dumps({"dry_run": dry_run, "repositories": repositories}))
        return
    for one in done:
        click.echo("\n".join(one.plan.lines()))
        if not dry_run:
            click.echo(f"  {'now' if one.sent else 'unchanged'} at commit {one.commit}")
    if dry_run:
        click.echo("dry run: nothing was sent")
