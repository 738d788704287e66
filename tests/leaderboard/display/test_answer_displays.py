"""What is drawn of answers: details, probabilities, scales, and what things are called."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from leaderboard.display import calibration_chart, curve_chart, scales, words
from leaderboard.display.palette import LIGHT
from leaderboard.tasks import load


def shown() -> None:
    from dataclasses import replace

    from leaderboard.display import detail_sections
    from leaderboard.display.palette import LIGHT
    from leaderboard.kinds.details import Detail
    from leaderboard.tasks import load

    def nothing(*_: object) -> None:
        return None

    details = (
        Detail("by_step", "By step", "profile", nothing, ("t", "MAE")),
        Detail("by_class", "By class", "table", nothing),
        Detail("pairs", "Pairs", "matrix", nothing, ("site j", "site i")),
        Detail("silent", "Silent", "table", nothing),
    )
    task = replace(load("energy"), details=details)
    told = {
        "by_step": {"t": [0.5, 1.0], "first": [0.1, 0.4], "second": [0.2, 0.3]},
        "by_time": {"time": [1, 2], "value": [0.1, 0.2], "low": [0.1, 0.1], "high": [0.2, 0.3]},
        "by_class": {"class": ["a", "b"], "rows": [3, 4]},
        "pairs": {"error": [[0.0, 0.5], [0.25, 0.0]]},
    }
    detail_sections.details(task, told, LIGHT)
    detail_sections.profiles(task, {"one": told, "other": told})


def test_details_are_drawn_as_they_declare() -> None:
    app = AppTest.from_function(shown, default_timeout=60).run()
    assert not app.exception
    titles = [element.value for element in app.markdown]
    assert titles == ["**By step**", "**By class**", "**Pairs**", "**Error by time**"]
    assert [heading.value for heading in app.header] == ["By step", "Error by time"]
    assert list(app.dataframe[0].value["rows"]) == [3, 4]
    specs = [element.proto.spec for element in app.get("vega_lite_chart")]
    assert len(specs) == 5
    assert '"title": "t"' in specs[0]
    assert '"type": "log"' in specs[0]  # 0.1 to 0.4
    assert '"title": "site i"' in specs[1]
    assert '"y2": {"field": "high"}' in specs[2]
    assert '"one, second"' in specs[3]
    assert '"domain": ["one", "other"]' in specs[4]


def test_probabilities_by_bins() -> None:
    chances = np.array([0.05, 0.06, 0.95, 1.0, 0.95])
    exact = np.array([0, 1, 1, 1, 0], dtype=np.bool_)
    low, high = calibration_chart.bins(chances, exact)
    assert (low.mean, low.share, low.answers) == (pytest.approx(0.055), 0.5, 2)
    assert (high.share, high.answers) == (pytest.approx(2 / 3), 3)
    assert low.low < 0.5 < low.high
    assert calibration_chart.are_chances(chances)
    assert not calibration_chart.are_chances(np.array([[0.0, 1.0]]))
    spec = calibration_chart.reliability([low, high], LIGHT).to_dict()
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["line", "rule", "point"]
    assert calibration_chart.counts([low, high], LIGHT).to_dict()


@pytest.mark.parametrize(
    ("values", "kind"),
    [([0.1, 0.3], "log"), ([0.1, 0.2], None), ([0.0, 0.3], None), ([-1.0, 3.0], None)],
)
def test_errors_that_are_far_apart_are_read_by_their_ratio(values, kind) -> None:
    scale: dict[str, Any] = scales.errors_scale(values).to_dict()
    assert scale.get("type") == kind


def test_what_rows_and_sizes_are_called() -> None:
    assert words.row_word("tfim_1d_n008") == "Hamiltonian"
    assert words.row_word("toric_code_n032") == "state"
    assert words.row_word("somebody_elses_d05") == "row"
    assert words.scored_word("tfim_1d_n008", 20, 20) == "Hamiltonian"
    assert words.scored_word("toric_code_n032", 40, 10) == "block of 4 states"
    assert words.scored_words("toric_code_n032", 40, 10) == "blocks of 4 states"
    assert (words.size_symbol("x_d05"), words.size_symbol("x_05x05")) == ("d", "N")
    assert curve_chart.axis_titles("tfim_1d_n008")["N"] == "the number of sites, N"


def test_what_errors_are_called() -> None:
    assert words.error_title(load("renyi2")) == "RMSE in bit"
    assert words.error_title(load("phase")) == load("phase").loss.name.capitalize()
    assert words.direction("lower") == "lower is better"
    assert words.direction("neither") == "neither more nor less is better"
