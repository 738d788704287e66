"""`qslbench solve FAMILY --size N --parameters FILE.json`: one Hamiltonian given from outside."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np

from builders import families
from builders.core import json_text
from builders.core.errors import RequestError
from builders.core.examples import example
from builders.core.names import Size
from builders.kinds.graph import GraphFamily
from builders.physics.hamiltonian import Sector
from builders.physics.record import MAX_SHOTS

# A parameter file of the largest system is a 1024 x 1024 matrix: about 20 MB of JSON.
_MAX_BYTES = 64 * 2**20
QUIET = 5.0  # seconds


@click.command(
    epilog=example("qslbench solve tfim_1d --size 8 --parameters parameters.json --json")
)
@click.argument("family")
@click.option("--size", required=True, help="Sites of a chain, or ROWSxCOLUMNS of a lattice.")
@click.option(
    "--parameters",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    help='JSON file {"parameters": {NAME: VALUES}}; `list families --json` gives the names.',
)
@click.option("--shots", type=int, default=0, show_default=True, help="Random-Pauli shots.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the shots.")
@click.option("--solver", default="auto", show_default=True, help="auto, exact or dmrg.")
@click.option(
    "--sector",
    default=None,
    help="A magnetization, +1 or -1, `+1,-1` of two sublattices, or `stated`; the lowest of all "
    "without it.",
)
@click.option("--bond", type=int, default=None, help="Bond dimension of DMRG at most.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    family: str,
    size: str,
    file: Path,
    shots: int,
    seed: int,
    solver: str,
    sector: str | None,
    bond: int | None,
    as_json: bool,
) -> None:
    """Ground state of one Hamiltonian of FAMILY: energy, labels and shots. Of a graph: its largest
    cut and best angles.
    """
    family = families.named(family)
    home = families.load(family)
    shape = home.geometry.parse(size)
    if not 0 <= shots <= MAX_SHOTS:
        raise RequestError(f"--shots {shots}: allowed are 0 to {MAX_SHOTS}.")
    if seed < 0:
        raise RequestError(f"--seed {seed}: give 0 or more.")
    parameters = read_parameters(file)
    if isinstance(home, GraphFamily):
        chosen = shots or sector is not None or bond is not None or solver != "auto"
        _solve_graph(home, shape, parameters, seed, as_json=as_json, chosen=bool(chosen))
        return
    from builders.building.ground_state import Solver, phase_of, solve, v_score_of_state

    name: Solver = solver  # type: ignore[assignment]  # solve() refuses other names
    state = solve(family, shape, parameters, solver=name, sector=sector, bond=bond, say=progress())
    where, error = _sector(families.solvable(family).sector(shape), state.sector), state.label_error
    result: dict[str, Any] = {
        "family": family,
        "size": str(shape),
        "sector": where,
        "energy": state.energy,
        "energy_variance": state.energy_variance,
        "v_score": v_score_of_state(family, shape, parameters, state),
        "label_error": {"correlation": error.correlation, "renyi2": error.renyi2},
        "correlation": state.correlation().tolist(),
        "renyi2": state.renyi2().tolist(),
        "renyi2_blocks": state.renyi2_blocks().tolist(),
    }
    phase = phase_of(family, shape, parameters, state)
    if phase is not None:
        result |= {"phase": phase.name, "phase_margin": phase.margin}
    if shots:
        result["shots"] = state.sample(shots, np.random.default_rng(seed)).tolist()
    if as_json:
        click.echo(json.dumps(result, allow_nan=False))
        return
    c = np.array(result["correlation"])
    click.echo(f"sector            {where}")
    click.echo(f"energy            {state.energy:.12g}")
    click.echo(f"energy variance   {state.energy_variance:.3g}")
    score = result["v_score"]
    click.echo(f"V-score           {'undefined' if score is None else f'{score:.3g}'}")
    click.echo(f"errors at most    {error}")
    click.echo(f"C of neighbours   {np.diag(c, 1).mean():.6f} on average")
    click.echo(f"S2 of neighbours  {np.mean(result['renyi2']):.6f} bits on average")
    click.echo(f"S2 of the middle  {result['renyi2_blocks'][(len(c) - 1) // 2]:.6f} bits")
    if phase is not None:
        click.echo(f"phase             {phase.name}, {phase.margin:.3g} from the boundary")


def progress() -> Callable[[str], None]:
    """Prints lines to stderr once `QUIET` seconds have passed: short solves say nothing."""
    started = time.monotonic()

    def say(line: str) -> None:
        passed = time.monotonic() - started
        if passed >= QUIET:
            click.echo(f"{passed:.0f} s  {line}", err=True)

    return say


def _solve_graph(
    family: GraphFamily,
    size: Size,
    parameters: dict[str, Any],
    seed: int,
    *,
    as_json: bool,
    chosen: bool,
) -> None:
    if chosen:
        raise RequestError(
            f"{family.name} is about graphs, on which nothing is measured: leave --shots, "
            "--sector, --bond and --solver out."
        )
    from builders.building.graph import solve_graph

    labels = solve_graph(family, size, parameters, seed=seed)
    if as_json:
        click.echo(json.dumps({"family": family.name, "size": str(size), **labels}))
        return
    for name, value in labels.items():
        click.echo(f"{name:<16}  {value}")


def _sector(stated: Sector, found: Sector | None) -> str:
    """The sector of a state in words, and the one that the family states where it is another."""
    if found is None or found in stated.choices():
        return str(found or stated)
    return f"{found} (the family states {stated})"


def read_parameters(file: Path) -> dict[str, Any]:
    """The object under `parameters` of a JSON file.

    Raises:
        RequestError: no such file, too large, not JSON without doubt, or another structure.
    """
    if not file.is_file():
        raise RequestError(f"{file} is not a file. Give a JSON file with the parameters.")
    if file.stat().st_size > _MAX_BYTES:
        raise RequestError(f"{file} has {file.stat().st_size} bytes; at most {_MAX_BYTES}.")
    document = json_text.parsed(json_text.utf8(file.read_bytes(), str(file)), str(file))
    if not isinstance(document, dict) or not isinstance(document.get("parameters"), dict):
        raise RequestError(f'{file} must hold an object {{"parameters": {{NAME: VALUES, ...}}}}.')
    parameters: dict[str, Any] = document["parameters"]
    return parameters
