"""Settings of a model: read from text, checked, passed on and written down."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import baselines
from baselines.commands.run import command
from baselines.contract.baseline import Baseline
from baselines.contract.protocol import Point, Protocol, jobs
from baselines.contract.variant import Settings, Variant, settings_of
from baselines.models import train_mean
from builders.core.errors import RequestError
from leaderboard import read_submission
from tests.builders.synthetic import SyntheticFolder


class Stub(train_mean.Model):
    """The training mean with one setting of each kind."""

    def __init__(
        self,
        *,
        seed: int = 0,
        depth: int = 4,
        rate: float = 1e-3,
        residual: bool = True,
        kind: str = "relu",
        alphas: tuple[float, ...] = (),
    ) -> None:
        super().__init__(seed=seed)
        self.given = (depth, rate, residual, kind, alphas)


@pytest.fixture(autouse=True)
def stub(monkeypatch: pytest.MonkeyPatch) -> None:
    load = baselines.load

    def with_stub(name: str) -> type[Baseline]:
        return Stub if name == "stub" else load(name)

    monkeypatch.setattr(baselines, "load", with_stub)


def test_texts_become_values_of_the_defaults_type() -> None:
    given = ["depth=8", "residual=false", "rate=1", "kind=a=b"]
    found = Variant.parse("stub", given)
    expected: Settings = (("depth", 8), ("kind", "a=b"), ("rate", 1.0), ("residual", False))
    assert found.settings == expected
    assert str(found) == "stub depth=8 kind=a=b rate=1.0 residual=false"
    model = found.model(seed=3)
    assert isinstance(model, Stub)
    assert (model.seed, model.given) == (3, (8, 1.0, False, "a=b", ()))


def test_settings_are_the_plain_keywords() -> None:
    keywords = {"depth": 4, "rate": 1e-3, "residual": True, "kind": "relu"}
    assert settings_of("stub") == {**keywords, "mitigated": False}
    assert settings_of("shadow") == {}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["dept=8"], "Did you mean 'depth'"),
        (["seed=8"], "unknown setting of stub 'seed'"),
        (["alphas=1"], "unknown setting of stub 'alphas'"),
        (["depth"], "as NAME=VALUE"),
        (["depth=1", "depth=2"], "give each once"),
        (["depth=2.5"], "depth=2.5 of stub: give a whole number, such as its default 4"),
        (["residual=1"], "true or false, such as its default true"),
        (["rate=fast"], "give a number"),
    ],
)
def test_wrong_settings_are_refused(given: list[str], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        Variant.parse("stub", given)


def test_python_settings_keep_their_type() -> None:
    assert Variant.of("stub", residual=False, depth=2).settings == (
        ("depth", 2),
        ("residual", False),
    )
    with pytest.raises(RequestError, match="residual=1 of stub"):
        Variant.of("stub", residual=1)


def test_a_protocol_about_some_models() -> None:
    variants = tuple(Variant.of("stub", depth=d) for d in (2, 4))
    protocol = Protocol("p", lambda _: [], variants=(*variants, Variant("train_mean")))
    assert protocol.models() == list(protocol.variants or ())
    assert protocol.models(["stub"]) == list(variants)
    with pytest.raises(RequestError, match="baseline of this protocol 'ridge'"):
        protocol.models(["ridge"])
    found = jobs([Point("tfim_1d_n008", "renyi2", 1, 1)], protocol.models(), seeds=1)
    assert [job.name for job in found] == [
        "tfim_1d_n008-renyi2-n000001-m0001-stub,depth=2-s0",
        "tfim_1d_n008-renyi2-n000001-m0001-stub,depth=4-s0",
        "tfim_1d_n008-renyi2-n000001-m0001-train_mean-s0",
    ]


def test_command_writes_them_down(synthetic_folder: SyntheticFolder, tmp_path: Path) -> None:
    out = tmp_path / "answers.parquet"
    options = ["--config", synthetic_folder.config, "--task", "correlation", "--n", "5"]
    options += ["--shots", "8", "--data", str(synthetic_folder.public), "--out", str(out)]
    done = CliRunner().invoke(
        command, ["stub", *options, "--set", "depth=2"], catch_exceptions=False
    )
    assert done.exit_code == 0
    assert read_submission(out).metadata.name == "stub depth=2"
