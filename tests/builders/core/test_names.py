"""Names of sizes and configs: round trips, and refusals with their words."""

import pytest

from builders.core.errors import RequestError, unknown
from builders.core.names import Size, config_name, parse_config


@pytest.mark.parametrize(
    ("text", "size", "suffix"),
    [
        ("2", Size(2), "n002"),
        ("8", Size(8), "n008"),
        (" 48 ", Size(48), "n048"),
        (127, Size(127), "n127"),
        ("1024", Size(1024), "n1024"),
        ("5x5", Size(25, 5, 5), "05x05"),
        ("9x12", Size(108, 9, 12), "09x12"),
        ("100x3", Size(300, 100, 3), "100x03"),
    ],
)
def test_a_size_is_read_written_and_named(text: str | int, size: Size, suffix: str) -> None:
    assert Size.parse(text) == size
    assert Size.parse(str(size)) == size
    assert size.suffix == suffix
    assert size.is_chain is ("x" not in str(text))


@pytest.mark.parametrize("family", ["tfim_1d", "heisenberg_2d", "a_n012_b", "x"])
@pytest.mark.parametrize("text", ["2", "48", "1024", "5x5", "9x12", "100x3"])
def test_a_config_name_round_trips(family: str, text: str) -> None:
    size = Size.parse(text)
    for channel in ("", "depolarizing_0.1"):
        assert parse_config(config_name(family, size, channel)) == (family, size, channel)


@pytest.mark.parametrize(
    ("text", "letter", "config"),
    [
        ("5", "d", "surface_d05"),
        ("11", "d", "surface_d11"),
        ("101", "d", "surface_d101"),
        ("16", "v", "surface_v016"),
        ("1024", "v", "surface_v1024"),
    ],
)
def test_a_size_that_counts_something_else_keeps_its_letter(
    text: str, letter: str, config: str
) -> None:
    size = Size.parse(text, letter)
    assert size != Size.parse(text)
    assert config_name("surface", size) == config
    assert parse_config(config) == ("surface", size, "")


def test_config_names_are_those_that_are_published() -> None:
    assert config_name("heisenberg_1d", Size(48)) == "heisenberg_1d_n048"
    assert config_name("heisenberg_2d", Size.parse("5x5")) == "heisenberg_2d_05x05"


def test_sizes_sort_by_sites() -> None:
    assert sorted([Size(127), Size(8), Size(48)]) == [Size(8), Size(48), Size(127)]


@pytest.mark.parametrize(
    "text", ["", "x", "5x", "x5", "5X5", "5x5x5", "4.5", "1e3", "forty", "-2x3", "5 x 5", "nan"]
)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match=r"is not a size\. Give an integer such") as refusal:
        Size.parse(text)
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize("text", ["0", "1", "-1", "-48", "1x1", "0x5", 0, -3])
def test_a_size_below_two_sites_is_refused(text: str | int) -> None:
    with pytest.raises(RequestError, match=rf"size {text} has too few sites\. The smallest"):
        Size.parse(text)


@pytest.mark.parametrize("text", ["1", "0", "1r5"])
def test_a_distance_below_two_is_refused_as_a_distance(text: str) -> None:
    with pytest.raises(RequestError, match=r"distance [01] is too small: odd distances from 3"):
        Size.parse(text, "d")


def test_a_size_of_very_many_digits_is_refused_and_not_a_crash() -> None:
    # int() itself stops at 4300 digits, with an error that is not ours.
    with pytest.raises(RequestError):
        Size.parse("9" * 5000)


@pytest.mark.parametrize(
    "config",
    [
        "",
        "tfim_1d",
        "tfim_1d_48",
        "tfim_1d_n48",
        "tfim_1d_n",
        "tfim_1d_5x5",
        "_n048",
        "Tfim_1d_n048",
        "tfim-1d_n048",
        "../tfim_1d_n048",
        "tfim_1d_n048/",
        "tfim_1d_n048\n",
        "tfim_1d_n048-",
        "tfim_1d_n048-X",
        "tfim_1d_n048-a-b",
        "tfim_1d_n048-../x",
        "tfim_1d_d5",
        "tfim_1d_w048",
    ],
)
def test_what_is_no_config_name_is_refused(config: str) -> None:
    with pytest.raises(RequestError, match=r"is not a config name\. Write FAMILY_nNNN") as refusal:
        parse_config(config)
    assert repr(config) in str(refusal.value)


@pytest.mark.parametrize(
    "config",
    ["tfim_1d_n0048", "tfim_1d_n00127", "heisenberg_2d_005x05", "code_d005", "graph_v0016"],
)
def test_a_config_has_one_name_only(config: str) -> None:
    # Otherwise one cell could be entered under two names.
    with pytest.raises(RequestError):
        parse_config(config)


@pytest.mark.parametrize("config", ["tfim_1d_n000", "tfim_1d_n001", "heisenberg_2d_01x01"])
def test_a_config_of_too_few_sites_is_refused(config: str) -> None:
    with pytest.raises(RequestError, match="too few sites"):
        parse_config(config)


def test_an_unknown_name_gets_the_nearest_one_and_the_list() -> None:
    error = unknown("family", "heisenberg1d", ["xxz_1d", "heisenberg_1d"])
    assert str(error) == (
        "unknown family 'heisenberg1d'. Did you mean 'heisenberg_1d'? "
        "Allowed: heisenberg_1d, xxz_1d."
    )


def test_an_unknown_name_far_from_all_gets_the_list_alone() -> None:
    assert str(unknown("task", "qqq", ["renyi2"])) == "unknown task 'qqq'. Allowed: renyi2."
    assert str(unknown("task", "qqq", [])) == "unknown task 'qqq'. Allowed: none."
