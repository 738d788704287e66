"""Configs with the same labels: those that differ by the noise of their shots alone.

Labels are those of the noiseless state, so that configs of one test seed and several channels hold
the same ones. Each would have a public half and told scores of its own, and what one season reveals
would be the next one's secret.
"""

from collections.abc import Callable, Iterable, Mapping

from builders.core.names import parse_config


def noiseless(config: str) -> str:
    """The config without its channel.

    >>> noiseless("tfim_1d_n048-depolarizing.0.05")
    'tfim_1d_n048'
    """
    return str(parse_config(config)._replace(channel=""))


def twins(test_seeds: Mapping[str, int | None]) -> list[str]:
    """Configs that share their labels with another one of the folder, sorted.

    Args:
        test_seeds: config → seed of its hidden rows; None where none is known.
    """
    kept: dict[tuple[str, int], list[str]] = {}
    for config, seed in test_seeds.items():
        if seed is not None:
            kept.setdefault((noiseless(config), seed), []).append(config)
    return sorted(config for same in kept.values() if len(same) > 1 for config in same)


def used_before(
    configs: Iterable[str], earlier: Mapping[str, int], number: Callable[[str, str], int]
) -> list[str]:
    """Configs whose labels an earlier season had, sorted.

    Args:
        configs: of the data.
        earlier: the season's config → number of its hidden rows, see `data_seeds`.
        number: of the hidden rows of a config, the first, were it called as the second.
    """
    return sorted(
        config
        for config in configs
        if any(
            noiseless(name) == noiseless(config) and number(config, name) == known
            for name, known in earlier.items()
        )
    )
