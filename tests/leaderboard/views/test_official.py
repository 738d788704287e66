"""The page Submit while a season is open."""

from leaderboard.board import accounts
from tests.leaderboard.answers import cell, open_season, write
from tests.leaderboard.views.test_app import opened, send, store

__all__ = ["store"]  # a fixture


def test_the_cells_and_the_example_are_official(store, synthetic_folder) -> None:
    open_season(store, synthetic_folder, "s1", 9)
    app = opened("submit")
    key = cell(synthetic_folder)
    assert app.selectbox(key="n").options == [str(key.n)]
    assert f'"{key.config}", "{key.task}", {key.n}, {key.shots}\n' in app.code[1].value
    assert "official cells alone" in app.caption[0].value


def test_no_more_is_said_than_on_the_board(store, synthetic_folder, tmp_path) -> None:
    """Ranks and gaps of told values, no intervals, and nothing of what is held back."""
    open_season(store, synthetic_folder, "s1", 9)
    store.submit(write(tmp_path / "a.parquet", synthetic_folder, 0.3, name="a"), account="ada")
    app = opened("submit")
    path = write(tmp_path / "b.parquet", synthetic_folder, 0.1, name="b")
    send(app, path.name, path.read_bytes())
    said = "\n".join(element.value for element in app.markdown)
    assert "Rank **1** of 2 entries, you beat **1**. Yours is the best." in said
    assert "interval" not in said.split("Rank **1**")[1]
    worse = write(tmp_path / "c.parquet", synthetic_folder, 0.5, name="c")
    app = opened("submit")
    send(app, worse.name, worse.read_bytes())
    assert set(app.dataframe[0].value["Rank"]) == {"held back"}
    assert "Rank **" not in "\n".join(element.value for element in app.markdown)


def test_a_token_chooses_and_withdraws(store, synthetic_folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("QSLBENCH_BOARD_STORE", str(tmp_path / "asks"))
    from leaderboard.board.service import Board

    board = Board.open(tmp_path / "asks", synthetic_folder.public, sign_in="required")
    open_season(board, synthetic_folder, "s1", 9)
    _, secret = accounts.create_token(board, "ada")
    ids = [
        board.submit(write(tmp_path / "p.parquet", synthetic_folder, e, name=str(e)),
                     account="ada").id
        for e in (0.3, 0.1)
    ]  # fmt: skip
    app = opened("submit")
    assert not app.file_uploader
    assert "Give your token" in app.info[-1].value
    app.text_input(key="token").set_value("wrong").run()
    assert "is unknown, has expired or was revoked" in app.error[0].value
    assert not app.file_uploader
    app.text_input(key="token").set_value(secret).run()
    assert len(app.file_uploader) == 2
    assert "token" not in app.query_params
    app.selectbox(key="own").set_value(ids[0]).run()
    next(b for b in app.button if b.label.startswith("Let it stand")).click().run()
    assert "It stands for your account" in app.success[0].value
    assert [row.id for row in board.ranking(*cell(synthetic_folder))] == [ids[0]]
    next(b for b in app.button if b.label == "Withdraw for good").click().run()
    assert "It is withdrawn" in app.success[0].value
    assert board.submission(ids[0]).status == "withdrawn"
    assert [row.id for row in board.ranking(*cell(synthetic_folder))] == [ids[1]]
    board.close()
