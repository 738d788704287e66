"""Configs of an earlier recipe: read and scored as ever, but neither checked nor added to."""

from pathlib import Path

from builders import families
from builders.core.errors import RequestError
from builders.dataset.manifest import ConfigEntry, Manifest
from builders.dataset.spec import recipe_of


def check_recipe(path: Path, config: str, entry: ConfigEntry) -> None:
    """Refuse to check a config against what this version makes, if another recipe made it.

    Raises:
        RequestError: says with which version it can be verified.
    """
    now = recipe_of(families.load(entry.family))
    if _is_old(entry):
        raise RequestError(
            f"{path}: rows of {config} were made by recipe {entry.recipe}, this version makes "
            f"recipe {now}. Verify them with the version that made them ({entry.versions})."
        )


def check_recipes(path: Path, manifest: Manifest, *, replaced: str = "") -> None:
    """Refuse a folder in which a config of another recipe would stay.

    Args:
        path: the folder.
        manifest: its manifest.
        replaced: a config that is about to be written anew.

    Raises:
        RequestError: names the configs. Or their family is of another file.
    """
    for config, entry in manifest.configs.items():
        if config != replaced:
            families.check_source(entry.family, entry.made_by, f"{path}, config {config}")
    old = [c for c, entry in manifest.configs.items() if c != replaced and _is_old(entry)]
    if old:
        raise RequestError(
            f"{path} holds {', '.join(old)}, made by an earlier recipe: the folder can be read and "
            "scored, and nothing can be added to it. Give another folder, or build these anew."
        )


def _is_old(entry: ConfigEntry) -> bool:
    return entry.recipe != recipe_of(families.load(entry.family))
