"""Data sets that a command builds for itself, where they are not there yet."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from builders.building.build import build
from builders.dataset import manifest
from builders.dataset.spec import BuildSpec


def build_missing(
    specs: Iterable[BuildSpec], public: Path, private: Path, workers: int | None = None
) -> None:
    """Build each config that is not there; another build of it is replaced, a killed one goes on.

    Args:
        specs: with their test seeds.
        public: data set folder.
        private: folder of its hidden labels.
        workers: processes; default one a processor.
    """
    for spec in specs:
        if not _is_built(spec, public, private):
            build(spec, public, private, workers=workers, resume=True, force=True)


def _is_built(spec: BuildSpec, public: Path, private: Path) -> bool:
    for folder, wanted in ((public, replace(spec, test_seed=None)), (private, spec)):
        if not (folder / manifest.NAME).exists():
            return False
        contents = manifest.read(folder)
        manifest.check_current(contents, folder)
        entry = contents.configs.get(spec.config)
        if entry is None or entry.spec != wanted:
            return False
    return True
