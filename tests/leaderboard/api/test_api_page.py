"""The page about the interface and the feed of new entries: nothing is fetched from elsewhere."""

import re
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from leaderboard.api import feed
from leaderboard.api.application import application
from leaderboard.board.service import Board
from tests.builders.synthetic import make_folder
from tests.leaderboard.answers import write

ATOM = "{http://www.w3.org/2005/Atom}"
EVIL = '<script>alert(1)</script> & "x"'


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    home = tmp_path_factory.mktemp("page")
    data = make_folder(home)
    board = Board.open(home / "board", data.public)
    for name in ("first", EVIL):
        board.submit(write(home / "p.parquet", data, 0.1, name=name, authors=(name,)))
    with TestClient(application(lambda: board)) as opened:
        yield opened
    board.close()


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_the_page_names_every_call_and_loads_nothing(client, path) -> None:
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("text/html")
    assert "curl http://testserver/board\n" in answer.text
    assert "<code>answered</code>" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors" in answer.headers["content-security-policy"]
    document = client.get("/openapi.json").json()
    for name in document["paths"]:
        assert name in answer.text
    assert not re.search(r"<script|<link[^>]*https?:|src=|@import|url\(", answer.text)
    assert all(link in answer.text for link in ('href="feed"', 'href="openapi.json"'))


def test_the_feed_holds_new_entries_the_latest_first(client) -> None:
    answer = client.get("/feed")
    assert answer.headers["content-type"].startswith(feed.TYPE)
    root = ElementTree.fromstring(answer.text)
    entries = root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [EVIL, "first"]
    assert root.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    ids = [head["id"] for head in client.get("/submissions").json()["submissions"]]
    links = [entry.find(f"{ATOM}link").attrib["href"] for entry in entries]
    assert links == [f"http://testserver/entry?id={id_}" for id_ in reversed(ids)]


def test_an_empty_feed_is_one() -> None:
    root = ElementTree.fromstring(feed.atom([], "http://a&b"))
    assert root.findtext(f"{ATOM}id") == "http://a&b/api/feed"
    assert not root.findall(f"{ATOM}entry")
