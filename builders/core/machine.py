"""The machine and the package versions that a result was made with."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("qslbench", "numpy", "torch", "scipy", "pyarrow")


def hardware() -> str:
    """Processor model, number of processors and memory, such as `AMD EPYC, 2 CPUs, 24 GiB`."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")), "")
    model = model or platform.processor() or platform.machine()
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
        return f"{model}, {os.cpu_count()} CPUs, {memory:.0f} GiB"
    return f"{model}, {os.cpu_count()} CPUs"


def versions(*more: str) -> dict[str, str]:
    """Versions of Python and of the packages that results depend on, those that are installed.

    `more` packages are looked up beside the usual ones.
    """
    installed = {"python": platform.python_version()}
    for name in dict.fromkeys((*_PACKAGES, *more)):
        try:
            installed[name] = version(name)
        except PackageNotFoundError:
            continue
    return installed
