"""Guards of the package layout: what keeps three packages working side by side."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.paths import ROOT
from tests.source_files import PACKAGES, imports, nodes, sources

# Whom each package may import besides itself and third parties: one way only.
BELOW = {
    "builders": (),
    "leaderboard": ("builders",),
    "baselines": ("leaderboard", "builders"),
}
# Extras whose packages each of ours may import; the core dependencies are for all.
EXTRAS = {
    "builders": ("build", "block2", "circuits", "codes", "graphs"),
    "leaderboard": ("app",),
    "baselines": ("baselines", "codes"),
}
# Modules of packages that `make install` leaves out, when they are not named like the package.
OPTIONAL = {"pyblock2": "block2"}
# Names that begin with an underscore and are documented all the same, and where.
DOCUMENTED = {"_replace": "NamedTuple", "_asdict": "NamedTuple", "_exit": "os"}
HEAVY = (
    *("alembic", "block2", "datasets", "httpx", "huggingface_hub", "pandas", "polars", "pyarrow"),
    *("pydantic", "qiskit", "qiskit_aer", "qiskit_ibm_runtime", "scipy", "sklearn", "sqlalchemy"),
    *("stim", "streamlit", "torch"),
)


def fresh(code: str, folder: Path) -> str:
    """Run code in a new interpreter; what it printed. Anything on stderr fails the test."""
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def loaded_after(code: str, folder: Path) -> set[str]:
    """Top-level modules in a new interpreter after `code`, which must print nothing."""
    out = fresh(f"{code}\nprint(*sorted({{m.split('.')[0] for m in sys.modules}}))", folder)
    assert out.count("\n") == 1, f"{code} printed: {out}"
    return set(out.split())


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_code_is_a_package(package: str) -> None:
    folders = {path.parent for path in sources(package)}
    assert ROOT / package in folders
    assert [f for f in sorted(folders) if not (f / "__init__.py").is_file()] == []


def dependency_modules() -> set[str]:
    """Top-level modules of the standard library and of the pinned packages that are installed."""
    pins = re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    pinned = {normal(name) for name in pins}
    homes = metadata.packages_distributions()
    ours = {module for module, dists in homes.items() if {normal(d) for d in dists} & pinned}
    assert {"numpy", "datasets", "pyarrow"} <= ours
    return ours | set(sys.stdlib_module_names)


def normal(name: str) -> str:
    """A distribution's name as the package index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def top_names(package: str) -> set[str]:
    """Modules and folders at the top of a package."""
    inside = [path for path in (ROOT / package).iterdir() if path.is_dir() or path.suffix == ".py"]
    return {path.stem for path in inside} - {"__init__"}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_named_like_a_dependency(package: str) -> None:
    # Streamlit puts the folder of its script first on the path, where our file would win.
    assert top_names(package) & dependency_modules() == set()


def test_no_folder_is_named_pages() -> None:
    # Streamlit takes a folder of that name for pages of its own, whatever st.navigation says.
    assert [p for package in PACKAGES for p in (ROOT / package).rglob("pages")] == []


def test_imports_are_absolute() -> None:
    relative = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(*PACKAGES, "qslbench", "tests", "benchmarks")
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way(package: str) -> None:
    allowed = {package, *BELOW[package]}
    forbidden = {*PACKAGES, "qslbench", "tests", "benchmarks"} - allowed
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources(package)
        for module in imports(path)
        if module.split(".")[0] in forbidden
    ]
    assert wrong == []


def is_private(name: str) -> bool:
    """`_name`, and neither `_` nor `__name__`."""
    return re.fullmatch("_[^_].*", name) is not None


def written(tree: Iterable[ast.AST]) -> Iterator[str]:
    """Names that a file defines or assigns, attributes included."""
    for node in tree:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


def foreign_privates(tree: Iterable[ast.AST], ours: set[str]) -> Iterator[str]:
    """Private modules and names of others that a file imports, or reads as an attribute.

    Whose an attribute is shows where the chain of dots begins with an import. Elsewhere it is
    another's if none of our files writes that name.
    """
    others = set()
    reads = []
    for node in tree:
        if isinstance(node, ast.Import | ast.ImportFrom):
            home = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                parts = f"{home}{alias.name}".split(".")
                if parts[0] in {*PACKAGES, "qslbench", "benchmarks", "tests"}:
                    continue
                others.add(alias.asname or (alias.name if home else parts[0]))
                if any(map(is_private, parts)):
                    yield f"{node.lineno}: {'.'.join(parts)}"
        elif isinstance(node, ast.Attribute) and is_private(node.attr):
            reads.append(node)
    for node in reads:
        root = node.value
        while isinstance(root, ast.Attribute):
            root = root.value
        is_other = isinstance(root, ast.Name) and root.id in others
        if node.attr not in DOCUMENTED and (is_other or node.attr not in ours):
            yield f"{node.lineno}: {ast.unparse(node)}"


def test_no_private_name_of_a_dependency_is_used() -> None:
    """Its next version may lack it."""
    paths = sources(*PACKAGES, "qslbench", "benchmarks", "deploy", "tests")
    trees = {path: nodes(path) for path in paths}
    ours = {name for tree in trees.values() for name in written(tree) if is_private(name)}
    wrong = [
        f"{path.relative_to(ROOT)}:{name}"
        for path, tree in trees.items()
        for name in foreign_privates(tree, ours)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import sklearn.svm._libsvm", "1: sklearn.svm._libsvm"),
        ("from sklearn.svm import _base as b", "1: sklearn.svm._base"),
        ("def f():\n    from sklearn.svm._base import libsvm", "2: sklearn.svm._base.libsvm"),
        ("import sklearn.svm\nsklearn.svm._base.fit()", "2: sklearn.svm._base"),
        ("import numpy as np\nnp._base", "2: np._base"),
        ("from datasets import Features\nFeatures._base(1)", "2: Features._base"),
        ("trees._predictors[0]", "1: trees._predictors"),
        ("trees._base, key._replace(n=1), np.__version__", None),
        ("import os\nfrom builders.core import _base\nos._exit(_base._base)", None),
    ],
)
def test_private_names_of_others_are_seen(code: str, found: str | None) -> None:
    names = list(foreign_privates(ast.walk(ast.parse(code)), ours={"_base"}))
    assert names == ([] if found is None else [found])


@pytest.mark.parametrize("package", PACKAGES)
def test_every_imported_package_is_declared(package: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"]]
    lines += [x for extra in EXTRAS[package] for x in project["optional-dependencies"][extra]]
    declared = {normal(Requirement(line).name) for line in lines}
    homes = metadata.packages_distributions()
    tops = {module.split(".")[0] for path in sources(package) for module in imports(path)}
    others = tops - set(sys.stdlib_module_names) - set(PACKAGES)
    # A package that is not installed here counts under its module's name, or the one it is under.
    found = {m: {normal(d) for d in homes.get(m, [OPTIONAL.get(m, m)])} for m in others}
    assert {module: dists for module, dists in found.items() if not dists & declared} == {}


def test_importing_the_packages_is_silent_light_and_leaves_no_files(tmp_path: Path) -> None:
    loaded = loaded_after("import builders, leaderboard, baselines, qslbench", tmp_path)
    assert loaded & set(HEAVY) == set()
    assert list(tmp_path.iterdir()) == []


def test_listing_plugins_imports_none_of_them(tmp_path: Path) -> None:
    code = "from builders import families\nimport baselines\nfamilies.names(), baselines.names()"
    code += "\nassert not [m for m in sys.modules if m.startswith('baselines.models.')]"
    code += "\nassert not [m for m in sys.modules if m.startswith('builders.families.')]"
    assert loaded_after(code, tmp_path) & set(HEAVY) == set()


def test_scoring_loads_no_torch_qiskit_or_streamlit(tmp_path: Path) -> None:
    # Runs a score as well: an import inside a function counts.
    code = """
import leaderboard.scoring.score, leaderboard, numpy
labels = numpy.eye(3).ravel()[None].repeat(4, axis=0)
report = leaderboard.score(labels * 0.5, labels, "correlation", bootstraps=3)
assert report.rows == 4
"""
    heavy = {"torch", "qiskit", "qiskit_aer", "streamlit", "sklearn", "datasets"}
    assert loaded_after(code, tmp_path) & heavy == set()


def test_help_lists_the_commands_and_loads_nothing_heavy(tmp_path: Path) -> None:
    code = "import qslbench\nprint(qslbench.cli.main(['--help'], standalone_mode=False))"
    code += f"\nassert not set(sys.modules) & set({HEAVY!r})"
    assert "verify" in fresh(code, tmp_path)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_named_like_a_public_name(package: str) -> None:
    """Importing `builders.solve` would put the module where the function was."""
    public = set(importlib.import_module(package).__all__)
    assert not public & top_names(package)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_resolves(package: str) -> None:
    module = importlib.import_module(package)
    assert sorted(module.__all__) == list(module.__all__)
    assert [name for name in module.__all__ if getattr(module, name, None) is None] == []
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = module.no_such_name
