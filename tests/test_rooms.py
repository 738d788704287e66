"""Guards of the rooms: who may import what, and who may name what."""

import ast

import pytest

from builders import families
from tests.paths import ROOT
from tests.source_files import PACKAGES, imports, nodes, sources

# The rooms of each package, lowest first: a file imports from its own room and from lower ones.
# `NAME/` stands for the plug-ins in a folder, whose `__init__` only finds them.
ROOMS = {
    "builders": (
        *("core", "physics", "families", "shadows"),
        *("solvers.mps", "solvers.exact", "solvers.dmrg", "solvers.block2", "solvers.stabilizers"),
        *("solvers.evolution", "solvers.devices", "solvers.circuits", "solvers.codes"),
        "solvers.graphs",
        *("kinds", "families/", "dataset", "hub", "cards", "folders", "building", "publishing"),
        "commands/",
    ),
    "leaderboard": (
        *(
            "refusals",
            "track",
            "cells",
            "kinds",
            "tasks",
            "tasks/",
            "submission",
            "scoring",
            "store",
        ),
        *(
            "migrations",
            "seasons",
            "ranking",
            "board",
            "hub",
            "web",
            "display",
            "views",
            "views/",
            "api",
            "commands/",
        ),
        *("asgi", "app"),
    ),
    "baselines": (
        *(
            "models",
            "contract",
            "protocols",
            "tables",
            "inputs",
            "linear",
            "tensor_networks",
            "networks",
        ),
        *("tokens", "solvers", "decoders"),
        *("models/", "protocols/", "tables/", "running", "commands/"),
    ),
}
# Importing them is the privilege of a room.
PRIVILEGES = {
    "huggingface_hub": (
        *("builders.hub", "builders.publishing", "leaderboard.hub", "leaderboard.commands.intake"),
    ),
    "streamlit": (
        *("leaderboard.views", "leaderboard.display", "leaderboard.web"),
        *("leaderboard.app", "leaderboard.asgi"),
    ),
    "sqlalchemy": ("leaderboard.store", "leaderboard.migrations"),
    "alembic": ("leaderboard.store", "leaderboard.migrations"),
    "block2": ("builders.solvers.block2",),
    "pyblock2": ("builders.solvers.block2",),
    "qiskit_ibm_runtime": ("builders.solvers.devices",),
    "stim": ("builders.solvers.codes", "baselines.decoders"),
    "pymatching": ("baselines.decoders",),
}


# Rooms that serve every kind of data: they read declarations, and name no label.
NAMELESS = (
    *("builders/dataset", "builders/folders", "builders/cards", "builders/hub"),
    *("builders/building", "builders/publishing", "leaderboard/submission", "leaderboard/scoring"),
    *("leaderboard/store", "leaderboard/seasons", "leaderboard/ranking", "leaderboard/board"),
    *("leaderboard/display", "leaderboard/views", "leaderboard/api"),
    *("baselines/contract", "baselines/protocols", "baselines/running", "baselines/commands"),
    *("baselines/inputs", "baselines/linear", "baselines/networks", "baselines/tokens"),
    *("baselines/tensor_networks", "baselines/decoders"),
)
# Layouts of published data, and `solve`, which is about ground states.
NAMING = (
    *("building/importing.py", "building/importing_shots.py", "building/text_layout.py"),
    *("building/ground_state.py", "building/solved_labels.py"),
)


def room_of(module: str) -> str:
    """The room of a module of ours, as `ROOMS` writes it; "" for what stands in no room."""
    package, *parts = module.split(".")
    if parts and f"{parts[0]}/" in ROOMS[package]:
        return parts[0] if len(parts) == 1 else f"{parts[0]}/"
    names = [".".join(parts[:k]) for k in (2, 1)]
    return next((name for name in names if name in ROOMS[package]), "")


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_import_lower_rooms_alone(package: str) -> None:
    order = ROOMS[package]
    wrong = []
    for path in sources(package):
        here = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if here in {package, "builders.solvers"}:
            continue
        home = room_of(here)
        assert home, f"{here} is in no room of {order}"
        for module in imports(path):
            other = room_of(module) if module.split(".")[0] == package else ""
            if other and order.index(other) > order.index(home):
                wrong.append(f"{here} imports {module}")
    assert wrong == []


@pytest.mark.parametrize("library", PRIVILEGES)
def test_a_library_stays_in_its_rooms(library: str) -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources(*PACKAGES)
        if library in {module.split(".")[0] for module in imports(path)}
        and not ".".join(path.relative_to(ROOT).with_suffix("").parts).startswith(
            PRIVILEGES[library]
        )
    ]
    assert wrong == []


def test_builders_has_few_names() -> None:
    """Somebody who opens the folder sees the architecture."""
    assert len([p for p in (ROOT / "builders").iterdir() if p.name != "__pycache__"]) <= 15


@pytest.mark.parametrize("room", NAMELESS)
def test_no_label_is_named_where_every_kind_of_data_passes(room: str) -> None:
    labels = {label.name for name in families.names() for label in families.load(name).labels}
    assert {"correlation", "phase"} <= labels
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value!r}"
        for path in sources(room)
        if not str(path).endswith(NAMING)
        for node in nodes(path)
        if isinstance(node, ast.Constant) and node.value in labels
    ]
    assert wrong == []
