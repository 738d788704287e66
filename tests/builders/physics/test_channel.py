"""Names of channels: one spelling each, and refusals with their words."""

import pytest

from builders.core.errors import RequestError
from builders.core.names import Size, config_name, parse_config
from builders.dataset.config import Config
from builders.dataset.spec import BuildSpec
from builders.physics.channel import Channel, device_name


@pytest.mark.parametrize(
    ("given", "name", "command"),
    [
        ("readout:0.01,0.02", "readout_0.01_0.02", "readout:0.01,0.02"),
        ("readout:.010, 2e-2", "readout_0.01_0.02", "readout:0.01,0.02"),
        ("readout_0_1", "readout_0_1", "readout:0,1"),
        ("depolarizing:.05", "depolarizing_0.05", "depolarizing:0.05"),
        ("depolarizing:5.0e-2", "depolarizing_0.05", "depolarizing:0.05"),
        ("depolarizing:0.000001", "depolarizing_0.000001", "depolarizing:0.000001"),
        ("depolarizing:-0", "depolarizing_0", "depolarizing:0"),
        ("device:FakeSherbrooke", "device_fake_sherbrooke", "device:fake_sherbrooke"),
        ("device_fake_sherbrooke", "device_fake_sherbrooke", "device:fake_sherbrooke"),
        (" device:FakeManilaV2 ", "device_fake_manila", "device:fake_manila"),
    ],
)
def test_a_channel_has_one_name_and_is_read_in_both_spellings(
    given: str, name: str, command: str
) -> None:
    channel = Channel.parse(given)
    assert (channel.name, str(channel)) == (name, command)
    assert Channel.parse(name) == Channel.parse(command) == channel
    config = config_name("tfim_1d", Size(48), name)
    assert parse_config(config).channel == name
    assert Config.parse(config).name == config


def test_a_device_is_named_as_its_backend_says_it() -> None:
    assert device_name("FakeFez") == device_name("fake_fez") == device_name("fakeFez") == "fake_fez"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", r"unknown channel ''\. Allowed: biased, depolarizing, device, exp"),
        ("depolarising:0.1", "Did you mean 'depolarizing'"),
        ("amplitude_damping_0.1", "unknown channel 'amplitude'"),
        ("readout:0.1", "write readout:P01,P10"),
        ("readout:0.1,0.2,0.3", "write readout:P01,P10"),
        ("depolarizing", "write depolarizing:P"),
        ("depolarizing:1_0", "write depolarizing:P"),
        ("depolarizing:nan", "write depolarizing:P"),
        ("depolarizing:0x1", "write depolarizing:P"),
        ("depolarizing:-0.1", r"P = -0\.1: a probability is within 0 to 1"),
        ("depolarizing:1.01", r"P = 1\.01: a probability is within 0 to 1"),
        ("depolarizing:1e999", "P = inf: a probability is within 0 to 1"),
        ("readout:0.1,2", "P10 = 2: a probability is within 0 to 1"),
        ("depolarizing:0.1234567", "at most 6 decimals"),
        ("device:", "write device:FakeSherbrooke"),
        ("device:../x", "write device:FakeSherbrooke"),
    ],
)
def test_what_is_no_channel_is_refused(given: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        Channel.parse(given)


@pytest.mark.parametrize("name", ["depolarizing_.05", "depolarizing_0.050", "device_FakeFez"])
def test_a_config_with_another_spelling_is_refused(name: str) -> None:
    with pytest.raises(RequestError):
        Config.parse(f"tfim_1d_n008-{name}")
    with pytest.raises(RequestError, match="in the name of a config it is"):
        BuildSpec("tfim_1d", Size(8), {"train": 1}, 4, 0, channel=name)


def test_every_kind_says_what_it_does() -> None:
    for text in ("readout:0.125,0.25", "depolarizing:0.125", "device:FakeFez"):
        channel = Channel.parse(text)
        assert channel.sentence.endswith(".")
        assert all(str(p) in channel.sentence for p in channel.probabilities)
        assert channel.device in channel.sentence
