"""The HTTP interface against its own description: calls made up from the schema."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from leaderboard.api.application import application
from leaderboard.api.limits import Throttle
from leaderboard.board.service import Board
from tests.builders.synthetic import make_folder
from tests.leaderboard.answers import write

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    folder = tmp_path_factory.mktemp("api")
    data = make_folder(folder)
    board = Board.open(folder / "board", data.public)
    board.submit(write(folder / "p.parquet", data, 0.1))
    api = application(lambda: board)
    api.state.throttle = Throttle(most=10**6)
    yield schemathesis.openapi.from_asgi("/openapi.json", api)
    board.close()


FEW = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=25,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ROUTES = [
    ("GET", "/board"),
    ("GET", "/cells"),
    ("GET", "/cells/{config}/{task}/{n}/{shots}"),
    ("GET", "/submissions"),
    ("GET", "/submissions/{id}"),
    ("GET", "/submissions/{id}/predictions"),
    ("GET", "/records"),
    ("GET", "/log"),
    ("GET", "/data/{config}"),
    ("GET", "/feed"),
    ("GET", "/season"),
    ("POST", "/submissions"),
    ("POST", "/submissions/{id}/choose"),
    ("POST", "/submissions/{id}/withdraw"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_answer_is_as_described(schema, method, path) -> None:
    @FEW
    @given(case=schema[path][method].as_strategy())
    def check(case) -> None:
        case.call_and_validate(checks=CHECKS)

    check()


def test_every_route_is_described_and_tried(schema) -> None:
    described = [result.ok() for result in schema.get_all_operations()]
    assert sorted((o.method.upper(), o.path) for o in described) == sorted(ROUTES)
