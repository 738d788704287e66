"""Texts beside the rows, such as a circuit and its error model, made again and compared."""

from pathlib import Path

from builders.core.errors import RequestError
from builders.core.machine import versions
from builders.dataset import manifest
from builders.dataset.config import Config
from builders.folders import loading


def remade_texts(path: Path, config: str) -> tuple[list[str], list[str]]:
    """What is wrong with the texts of a config that was built here, and what was compared: words.

    Rows follow from the texts in the folder. Another version of the package that made them may
    write others for the same circuit: that is said, and no fault.

    Raises:
        RequestError: a file that is missing or is not what the manifest says.
    """
    folder_manifest = manifest.read(path)
    entry = folder_manifest.config(config)
    kept = loading.read_texts(path, folder_manifest, config)
    if not kept or entry.imported is not None:
        return [], []
    here = Config.parse(config)
    packages = here.family.packages
    made_with = {name: entry.versions.get(name, "unknown") for name in packages}
    now = {name: found for name, found in versions(*packages).items() if name in packages}
    names, maker = " and ".join(kept), _listed(made_with)
    said = f"{config}: rows are computed from {names} of the folder, which {maker} made"
    try:
        again = here.family.texts(here.size, here.channel)
    except RequestError as error:
        return [], [f"{said}; not made again: {error}"]
    differs = " and ".join(name for name in kept if kept[name] != again.get(name))
    if not differs:
        return [], [f"{said}, and {_listed(now)} makes the same"]
    if now == made_with:
        return [f"{config}: {differs} is not what {_listed(now)} makes."], []
    return [], [f"{said}; {_listed(now)} makes another {differs}"]


def _listed(found: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items())
