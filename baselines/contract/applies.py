"""Whether a model applies to a cell: decided here by what both declare, before data are read."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from builders.dataset.config import Config
from builders.kinds.circuit import KickedIsing
from builders.kinds.code import CodeFamily
from builders.kinds.evolution import EvolutionFamily
from builders.kinds.graph import GraphFamily
from builders.physics.geometry import Chain
from builders.physics.hamiltonian_family import HamiltonianFamily
from builders.physics.record import PauliTokens
from leaderboard.kinds.regression import Regression
from leaderboard.kinds.task import Task

if TYPE_CHECKING:
    from baselines.contract.baseline import Baseline

ANY = "any"
"""In `Baseline.records`: the model looks at parameters and labels alone, whatever was measured."""

NEEDS = (
    *("hamiltonian", "pairs", "chain", "estimate", "channel", "trajectory", "evolution", "circuit"),
    *("graph", "error_model"),
)
"""Each is an attribute `needs_…` of a baseline."""

_CHOOSE = "Choose another baseline or task (`qslbench list baselines --json`)."


def is_estimated(task: Task, config: Config) -> bool:
    """Whether training labels are estimated from the record; else they are exact in every cell."""
    has_estimate = isinstance(task, Regression) and task.shadow is not None
    return has_estimate and isinstance(config.family.record, PauliTokens)


def estimator(task: Task) -> Callable[..., Any] | None:
    """What is averaged over rows of shots: a function of shots, or None where there is none."""
    if not isinstance(task, Regression):
        return None
    return task.shadow if task.averaged is None else task.averaged.estimate


def unmitigable(task: Task, config: Config, *, noise_free: bool = False) -> str:
    """Why no estimate of the label undoes the channel of a record; "" where one does."""
    if not config.known_channel:
        return (
            f"the record of {config} went through no noise channel that could be undone. Build one "
            "with `--noise`, or leave out mitigated=true."
        )
    if noise_free or not is_estimated(task, config):
        return f"training labels of {task.name} are exact here. Leave out mitigated=true."
    if isinstance(task, Regression) and task.mitigates:
        return ""
    return (
        f"no estimate of {task.name} undoes a noise channel. Leave out mitigated=true, or choose "
        "another task."
    )


def has_pairs(task: Task, config: Config) -> bool:
    """Whether the task's labels belong to pairs of sites, and sites are so many steps apart."""
    of_pairs = isinstance(task, Regression) and task.of_pairs
    return of_pairs and config.family.geometry.distances(config.size) is not None


def wrong_kind(name: str, model: "type[Baseline]", task: Task, config: Config) -> str:
    """Why the model does no such task, or is not about such rows and records; "" where it is.

    Protocols leave such cells out: nobody would ask for them.
    """
    if task.kind not in model.answers:
        return (
            f"{name} does tasks of the kind {' and '.join(model.answers)}; {task.name} is a "
            f"{task.kind}. {_CHOOSE}"
        )
    record = config.family.record.kind
    if ANY not in model.records and record not in model.records:
        return (
            f"{name} reads records of the kind {' and '.join(model.records)}; that of {config} is "
            f"{record}. {_CHOOSE}"
        )
    if model.needs_channel and not config.known_channel:
        return (
            f"{name} undoes the noise channel of a record, and that of {config} went through none "
            "that is known. Build one with `--noise`. Choose another baseline (`qslbench list "
            "baselines --json`)."
        )
    if model.needs_trajectory and not config.family.trajectory:
        return (
            f"{name} learns how the states of an evolution follow each other, and rows of {config} "
            f"are no such states. {_CHOOSE}"
        )
    if model.needs_evolution and not isinstance(config.family, EvolutionFamily):
        return (
            f"{name} needs the Hamiltonian, the initial state and the time of every row, and rows "
            f"of {config} are no states at a time after a quench. {_CHOOSE}"
        )
    if model.needs_circuit and not isinstance(config.family, KickedIsing):
        return (
            f"{name} runs circuits at Clifford points, and rows of {config} are no states of such "
            f"circuits. {_CHOOSE}"
        )
    if model.needs_graph and not isinstance(config.family, GraphFamily):
        return f"{name} reads weighted graphs, and rows of {config} are none. {_CHOOSE}"
    if model.needs_error_model and not isinstance(config.family, CodeFamily):
        return (
            f"{name} needs the error model of a code's circuit, and none stands beside rows of "
            f"{config.family.name}. {_CHOOSE}"
        )
    return ""


def refusal(
    name: str, model: "type[Baseline]", task: Task, config: Config, *, noise_free: bool = False
) -> str:
    """Why the model does not apply to the cells of a task and config; "" where it does.

    Args:
        name: of the model.
        model: its class.
        task: what is predicted.
        config: of the rows.
        noise_free: whether labels are exact and no record is shown.
    """
    wrong = wrong_kind(name, model, task, config)
    if wrong:
        return wrong
    family = config.family
    if model.uses_test_shots and noise_free:
        return (
            f"{name} looks at the shots of the test rows, and a noise-free cell has none. Give a "
            "number of shots, or choose another baseline."
        )
    if model.needs_hamiltonian and not isinstance(family, HamiltonianFamily):
        return (
            f"{name} needs the Hamiltonian of every row, and the parameters of {family.name} fix "
            f"none. {_CHOOSE}"
        )
    if model.needs_channel and not (isinstance(task, Regression) and task.mitigates):
        return (
            f"{name} undoes the noise channel of an estimate, and that of {task.name} knows none. "
            f"{_CHOOSE}"
        )
    if model.needs_pairs and not has_pairs(task, config):
        return (
            f"{name} needs labels of pairs of sites, on a chain or lattice; those of {task.name} "
            f"in {config} are none. {_CHOOSE}"
        )
    if model.needs_chain and not isinstance(family.geometry, Chain):
        return (
            f"{name} reads sites along a chain, and those of {config} form a "
            f"{family.geometry.name}. {_CHOOSE}"
        )
    if model.estimators and estimator(task) not in model.estimators:
        names = " and ".join(known.__name__ for known in model.estimators)
        return f"{name} knows what {names} are made of, and not the label of {task.name}. {_CHOOSE}"
    if model.needs_estimate and not is_estimated(task, config):
        return (
            f"{name} needs an estimate of {task.name} from a row's own record, and {config} has "
            f"none. {_CHOOSE}"
        )
    return ""
