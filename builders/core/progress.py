"""A bar on the terminal; nothing where stderr is a file or a pipe."""

from typing import Any

from tqdm import tqdm


def progress(total: int, unit: str, what: str, *, done: int = 0) -> Any:
    """A tqdm bar, to be used as a context manager and moved on by `update`.

    Args:
        total: steps in all.
        unit: what a step is.
        what: stands before the bar.
        done: steps that are behind already.
    """
    return tqdm(total=total, initial=done, unit=unit, desc=what, disable=None, leave=False)
