"""`qslbench list families|tasks|baselines|configs`: what there is."""

import json
from pathlib import Path
from typing import Any

import click

from builders.core.errors import unknown
from builders.core.examples import example

KINDS = ("families", "tasks", "baselines", "configs")


@click.command(name="list", epilog=example("qslbench list baselines"))
@click.argument("kind", metavar="|".join(KINDS))
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="With `configs`: the data set folder; without it, every config that can be built.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(kind: str, data: Path | None, as_json: bool) -> None:
    """List families, tasks, baselines or configs."""
    if kind not in KINDS:
        raise unknown("list", kind, KINDS)
    rows = _configs(data) if kind == "configs" else _PLUG_INS[kind]()
    if as_json:
        click.echo(json.dumps(rows))
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        click.echo(f"{row['name']:<{width}}  {row['summary']}".rstrip())


def _families() -> list[dict[str, Any]]:
    from builders import families

    entries = []
    for name in families.names():
        family = families.load(name)
        example = family.geometry.parse(family.sizes[0])
        entries.append(
            {
                "name": name,
                "summary": f"{family.title}: {family.formula}",
                "formula": family.formula,
                "distribution": family.distribution,
                "distribution_ood": family.distribution_ood,
                "record": family.record.kind,
                "phases": list(getattr(family, "phases", ())),
                "classes": {x.name: list(x.classes) for x in family.labels if x.classes},
                "tasks": list(family.tasks),
                "sizes": list(family.sizes),
                "max_sites": family.max_sites,
                "parameters": {
                    p.name: {"meaning": p.meaning, f"shape_at_{example}": list(p.shape(example))}
                    for p in family.parameters
                },
            }
        )
    return entries


def _tasks() -> list[dict[str, Any]]:
    from leaderboard import tasks

    return [
        {
            "name": task.name,
            "summary": task.title,
            "kind": task.kind,
            "label": task.label,
            "unit": task.unit,
            "meaning": task.meaning,
            "training": task.training,
            "metrics": [metric.name for metric in task.metrics],
            "primary": task.primary,
        }
        for task in map(tasks.load, tasks.names())
    ]


def _baselines() -> list[dict[str, Any]]:
    import baselines
    from baselines.contract.applies import NEEDS
    from baselines.contract.variant import settings_of

    entries = []
    for name in baselines.names():
        model = baselines.load(name)
        entries.append(
            {
                "name": name,
                "summary": model.title,
                "entry_class": model.entry_class,
                "records": list(model.records),
                "answers": list(model.answers),
                "needs": [need for need in NEEDS if getattr(model, f"needs_{need}")],
                "settings": settings_of(name),
            }
        )
    return entries


_PLUG_INS = {"families": _families, "tasks": _tasks, "baselines": _baselines}


def _noise(channel: str | None) -> str:
    from builders.physics.channel import Channel

    return f" through {Channel.parse(channel)}" if channel else ""


def _configs(data: Path | None) -> list[dict[str, Any]]:
    from builders import families
    from builders.core.names import config_name
    from builders.dataset import manifest

    if data is not None:
        return [
            {
                "name": name,
                "summary": f"rows {c.rows}, {c.shots} shots{_noise(c.channel)}, seed {c.seed}",
                "channel": c.channel,
                "rows": c.rows,
                "shots": c.shots,
                "seed": c.seed,
            }
            for name, c in manifest.read(data).configs.items()
        ]
    return [
        {"name": config_name(name, family.geometry.parse(size)), "summary": family.title}
        for name, family in ((name, families.load(name)) for name in families.names())
        for size in family.sizes
    ]
