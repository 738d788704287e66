"""Responsible-AI fields of croissant.json, in the RAI 1.0 vocabulary of MLCommons.

Texts are about what is the same for all data of this project; what differs (solvers, versions,
files of others) is taken from the manifest.
"""

from collections.abc import Collection, Iterable
from typing import Any

from builders import families
from builders.cards import noise_text
from builders.dataset.manifest import ConfigEntry, Manifest
from builders.dataset.spec import is_hidden

VOCABULARY = "http://mlcommons.org/croissant/RAI/1.0"

_ANNOTATION = (
    "No person annotates. Labels are computed exactly from what was solved for or made; classes "
    "follow the rule on the card."
)
_ANALYSIS = (
    "Each row carries its certificate where its family has one; `certificate` in manifest.json "
    "holds what all rows of a config reached."
)
_TRAINING = (
    "Training and comparison of models that predict properties of quantum systems from parameters "
    "and few measurements, at a stated number of state copies."
)
_RANDOMISED = "Tests of estimators from randomised measurements."
_DECODERS = "Training and comparison of decoders of error-correcting codes on the same shots."
_CUTS = "Training and comparison of models that choose angles and cuts of graphs."
_DISTRIBUTION = (
    "Instances follow the stated distributions alone: other scans, structured couplings and "
    "real materials are not represented."
)
_REACH = (
    "Families and sizes are those that a classical solver reaches: strongly entangled states are "
    "left out by construction."
)
_BIASES = (_DISTRIBUTION, _REACH)
_LIMITATIONS = (
    "Measurements are simulated, and free of device noise where the config names no channel.",
    "Finite open systems: boundary effects are part of the labels.",
    "Labels can be computed by anyone with a solver; hiding them prevents accidents only.",
)
_MAINTENANCE = (
    "Published revisions are never edited; a correction is a new revision with an entry in the "
    "changelog. Test labels of a season are revealed at its close, against the salted hash in "
    "manifest.json."
)


def fields(manifest: Manifest) -> dict[str, Any]:
    """Keys with the prefix `rai:` and their texts, for the Croissant document."""
    entries = manifest.configs.values()
    return {
        "rai:dataCollection": _collection(entries),
        "rai:dataCollectionType": ["Simulations"],
        "rai:dataCollectionMissingData": _missing(entries),
        "rai:dataPreprocessingProtocol": [
            "None: measurements are stored as drawn, labels in the dtype of their column."
        ],
        "rai:dataAnnotationProtocol": [_ANNOTATION],
        "rai:dataAnnotationAnalysis": [_ANALYSIS],
        "rai:machineAnnotationTools": _tools(entries),
        "rai:dataUseCases": _use_cases(entries),
        "rai:dataBiases": list(_BIASES),
        "rai:dataLimitations": list(_LIMITATIONS),
        "rai:dataSocialImpact": "None is known: the data describe model systems.",
        "rai:personalSensitiveInformation": ["None."],
        "rai:dataReleaseMaintenancePlan": _MAINTENANCE,
        "rai:hasSyntheticData": True,
    }


def _use_cases(entries: Iterable[ConfigEntry]) -> list[str]:
    """By what was measured: random-Pauli shots, shots of a code, nothing."""
    records = [families.load(entry.family).record for entry in entries]
    said = []
    if any(record.has_copies for record in records):
        said += [_TRAINING, _RANDOMISED]
    if any(record.per_shot for record in records):
        said.append(_DECODERS)
    if any(not record.names for record in records):
        said.append(_CUTS)
    return said


def _collection(entries: Collection[ConfigEntry]) -> str:
    text = (
        "Instances are drawn from the stated distributions, solved for or made, and measured by "
        "simulation. Every row follows from a seed."
    )
    noisy = sorted({noise_text.noise(entry) for entry in entries if entry.channel})
    if noisy:
        text += f" Noise of some configs: {' '.join(noisy)}"
    others = sum(len(entry.imported or ()) for entry in entries)
    return text + (f" Read from {others} files of others: see manifest.json." if others else "")


def _missing(entries: Iterable[ConfigEntry]) -> str:
    hidden = any(is_hidden(split) for entry in entries for split in entry.rows)
    absent = sorted({label for entry in entries for label in entry.absent or ()})
    said = ["Labels of test rows are withheld."] if hidden else []
    said += [f"Never known in some configs: {', '.join(absent)}."] if absent else []
    return " ".join(said) or "None."


def _tools(entries: Iterable[ConfigEntry]) -> list[str]:
    """Solver and versions, each combination once."""
    return sorted(
        {
            f"solver {entry.solver}: "
            + ", ".join(f"{name} {version}" for name, version in sorted(entry.versions.items()))
            for entry in entries
        }
    )
