"""Tokens: shown once, kept as a hash, refused when they have expired or were revoked."""

import csv
import io
import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

import qslbench
from builders.core.errors import RequestError
from leaderboard.board import accounts
from leaderboard.board.service import Board


@pytest.fixture
def board(tmp_path):
    opened = Board.open(tmp_path / "board")
    yield opened
    opened.close()


def test_a_token_names_its_account_and_is_not_kept(board, tmp_path) -> None:
    token, secret = accounts.create_token(board, "ada", days=3)
    assert accounts.account_of_token(board, secret) == "ada"
    assert token.expires - token.created == timedelta(days=3)
    assert accounts.tokens(board) == [token]
    with board.store.engine.connect() as connection:
        for table in ("tokens", "decisions"):
            assert secret not in str(connection.execute(text(f"SELECT * FROM {table}")).all())
    assert len(secret) == len(accounts.PREFIX) + 43  # 256 bits in base 64


def test_tokens_that_are_not_good(board, monkeypatch) -> None:
    _, expiring = accounts.create_token(board, "ada", days=1)
    token, revoked = accounts.create_token(board, "bob")
    accounts.revoke_token(board, token.id)
    later = accounts._now() + timedelta(days=1, seconds=1)
    monkeypatch.setattr(accounts, "_now", lambda: later)
    for secret in (expiring, revoked, "", "qslbench_", "\ud800", expiring[:-1]):
        with pytest.raises(RequestError, match="unknown, has expired or was revoked"):
            accounts.account_of_token(board, secret)
    with pytest.raises(RequestError, match="no token 'x'"):
        accounts.revoke_token(board, "x")


def test_the_log_has_them(board) -> None:
    token, _ = accounts.create_token(board, "ada")
    for _ in range(2):  # the second changes nothing
        accounts.revoke_token(board, token.id)
    kinds = [(entry["kind"], entry["token"]) for entry in board.log()]
    assert kinds == [("token created", token.id), ("token revoked", token.id)]


@pytest.mark.parametrize("name", ["", " ada", "a\nb", "x" * 201, "\u202eada"])
def test_accounts_have_names(board, name) -> None:
    with pytest.raises(RequestError, match="1 to 200 printable characters"):
        accounts.create_token(board, name)


def test_who_asks(board) -> None:
    assert accounts.account(board, None) == ""
    assert accounts.account(board, "ada") == "ada"


def test_settings_remember_the_sign_in(tmp_path) -> None:
    Board.open(tmp_path / "b").close()
    assert not (tmp_path / "b" / "board.json").exists()
    for given in ("required", None, "open", None):
        board = Board.open(tmp_path / "b", sign_in=given)
        board.close()
        assert board.settings.sign_in == Board.open(tmp_path / "b").settings.sign_in
    assert board.settings.sign_in == "open"
    with pytest.raises(RequestError, match="unknown sign-in 'closed'"):
        Board.open(tmp_path / "b", sign_in="closed")


def test_the_command(board, tmp_path) -> None:
    def call(*words: str):
        return CliRunner().invoke(
            qslbench.cli, ["token", *words, "--store", str(tmp_path / "board")]
        )

    made = json.loads(call("create", "ada", "--expires", "2", "--json").output)
    assert accounts.account_of_token(board, made["token"]) == "ada"
    secret = call("create", "bob").output.strip()
    assert accounts.account_of_token(board, secret) == "bob"
    listed = call("list").output
    assert made["id"] in listed
    assert secret not in listed
    assert "is revoked" in call("revoke", made["id"]).output
    assert [line["revoked"] is None for line in json.loads(call("list", "--json").output)] == [
        False,
        True,
    ]
    assert isinstance(call("revoke", "nothing").exception, RequestError)
    assert isinstance(call("create", "ada", "--expires", "0").exception, RequestError)
    assert not (tmp_path / "absent").exists()


def test_many_tokens_at_once(board, tmp_path) -> None:
    def call(*words: str):
        where = ["--store", str(tmp_path / "board")]
        return CliRunner().invoke(qslbench.cli, ["token", "add", *words, *where])

    names, out = tmp_path / "names.txt", tmp_path / "tokens.csv"
    names.write_text("\ufeffada\r\n\n bob \n=cmd\n", encoding="utf-8")
    done = call(str(names), "--expires", "3", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert out.stat().st_mode & 0o777 == 0o600
    lines = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    assert [line["account"] for line in lines] == ["ada", "bob", "'=cmd"]
    assert [accounts.account_of_token(board, line["token"]) for line in lines] == [
        "ada", "bob", "=cmd",
    ]  # fmt: skip
    numbered = json.loads(call("--count", "12", "--prefix", "lab", "--json").stdout)
    assert [line["account"] for line in numbered][::11] == ["lab-01", "lab-12"]
    assert len(board.log()) == 15


@pytest.mark.parametrize(
    ("text", "words", "reason"),
    [
        ("ada\nada\n", [], "1 accounts are given more than once: 'ada'"),
        ("", [], "0 accounts were given"),
        ("new\nold\n", [], "1 accounts have a token already: 'old'"),
        ("x" * 201, [], "1 to 200 printable"),
        ("ada", ["--count", "2"], "not both"),
        (None, ["--count", "1001"], "1 to 1000 accounts"),
        ("ada", ["--expires", "0"], "1 to 36500 days"),
        (b"\xff\xfe", [], "cannot be read as text"),
    ],
)
def test_many_tokens_are_made_or_none(board, tmp_path, text, words, reason) -> None:
    accounts.create_token(board, "old")
    before, names, out = len(board.log()), tmp_path / "names.txt", tmp_path / "out.csv"
    if text is not None:
        names.write_bytes(text if isinstance(text, bytes) else text.encode())
    where = ["--store", str(tmp_path / "board"), "--out", str(out)]
    asked = [] if text is None else [str(names)]
    done = CliRunner().invoke(qslbench.cli, ["token", "add", *asked, *words, *where])
    assert isinstance(done.exception, RequestError)
    assert reason in str(done.exception)
    assert len(board.log()) == before
    assert not out.exists()


def test_sign_in_on_the_page_closes_the_other_door(monkeypatch, tmp_path) -> None:
    """Or everybody could submit as nobody, beside the visitors who sign in."""
    from leaderboard import asgi
    from leaderboard.display import session

    monkeypatch.setenv("QSLBENCH_BOARD_STORE", str(tmp_path / "board"))
    for signing_in, said in ((False, "open"), (True, "required")):
        monkeypatch.setattr(session, "signing_in", lambda answer=signing_in: answer)
        opened = asgi.opened()
        assert opened.settings.sign_in == said
        opened.close()
    with pytest.raises(RequestError, match="signed-in accounts only"):
        accounts.account(opened, None)
