"""The largest resident memory of a stretch of work in this process."""

import resource
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_RESET = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


def start_peak() -> Callable[[], float]:
    """Begin to watch; the function that is returned gives the peak since, in MiB.

    Where the system cannot forget an older peak (not Linux), it is that of the whole process.
    """
    with suppress(OSError):
        _RESET.write_text("5")  # forgets the high-water mark of resident memory
    return _peak


def _peak() -> float:
    with suppress(OSError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
