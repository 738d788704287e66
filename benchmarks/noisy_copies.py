"""What a copy through a noisy device is worth, and which mitigation is. Tables for `docs/noise.md`.

    python -m benchmarks.noisy_copies results --data DIR …

after `qslbench protocol noise` (DIR-private lies beside each DIR). The first table has the error
of every baseline under each channel, the second how many copies through the channel are worth an
ideal one: the square of an error over that of the plain shadow of ideal copies, an unbiased
estimate whose square falls as 1/M. Where the ratio grows with M, what is left is bias, which no
number of copies removes. Intervals are 95 % of resamples of the test rows.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.answers import Asked, Samples, read, told
from benchmarks.findings import table
from builders.core.names import config_name
from builders.dataset.config import Config
from builders.physics.channel import Channel

Answers = Mapping[Asked, Samples]
Place = tuple[str, str, int, int]
ESTIMATES = ("shadow", "readout_mitigation", "zne")
"""Of a test row's own copies alone: their squares fall as 1/M down to their bias."""


def channel_of(config: str) -> str:
    """Name of the channel, `none` without."""
    name = Config.parse(config).channel
    return Channel.parse(name).name if name else "none"


def places(answers: Answers) -> dict[Place, dict[str, dict[str, Samples]]]:
    """(family and size, task, n, M) → channel → model → its samples."""
    found: dict[Place, dict[str, dict[str, Samples]]] = {}
    for asked, samples in sorted(answers.items()):
        config = Config.parse(asked.config)
        place = config_name(config.family.name, config.size), asked.task, asked.n, asked.shots
        channels = found.setdefault(place, {})
        channels.setdefault(channel_of(asked.config), {})[asked.model] = samples
    return found


def errors(channels: Mapping[str, Mapping[str, Samples]]) -> Iterator[Sequence[str]]:
    """One line a model."""
    for model in sorted({m for one in channels.values() for m in one}):
        yield (
            f"`{model}`",
            *(
                told(one[model].value, one[model].draws, 4) if model in one else "–"
                for one in channels.values()
            ),
        )


def copies(channels: Mapping[str, Mapping[str, Samples]]) -> Iterator[Sequence[str]]:
    """Copies through the channel that are worth an ideal one."""
    ideal = channels.get("none", {}).get("shadow")
    if ideal is None:
        return
    for model in ESTIMATES:
        told_of = [
            told((one[model].value / ideal.value) ** 2, (one[model].draws / ideal.draws) ** 2)
            if model in one
            else "–"
            for one in channels.values()
        ]
        if set(told_of) != {"–"}:
            yield f"`{model}`", *told_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--data", nargs="+", type=Path, required=True)
    args = parser.parse_args()
    for place, channels in places(read(args.results, "noise", args.data)).items():
        config, task, n, shots = place
        head = ("model", *channels)
        print(f"### `{config}`, {task}, n = {n}, M = {shots}\n")
        print(f"{table(head, errors(channels))}\n")
        if rows := list(copies(channels)):
            print(f"Copies worth an ideal one:\n\n{table(head, rows)}\n")


if __name__ == "__main__":
    main()
