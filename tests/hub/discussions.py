"""Endpoints of pull requests: list, details, merge, close, comment."""

import json
from typing import Any

from tests.hub.endpoints import reply, repository
from tests.hub.repository import HubError, PullRequest
from tests.hub.server import Hub, Reply, Request, route

_DATE = "2026-01-01T00:00:00.000Z"


def _shown(name: str, pull: PullRequest) -> dict[str, Any]:
    return {
        "num": pull.num,
        "title": pull.title,
        "author": {"name": pull.author},
        "status": pull.status,
        "createdAt": _DATE,
        "isPullRequest": True,
        "repo": {"name": name, "type": "dataset"},
    }


def _event(kind: str, number: int, data: dict[str, Any]) -> dict[str, Any]:
    author = {"name": "u"}
    return {"id": str(number), "type": kind, "createdAt": _DATE, "author": author, "data": data}


def _pull(hub: Hub, request: Request, name: str, num: str, *, write: bool) -> PullRequest:
    pulls = repository(hub, request, name, write=write).pulls
    if int(num) not in pulls:
        raise HubError(404, "", f"no pull request {num}")
    return pulls[int(num)]


@route("GET", "/api/datasets/ID/discussions")
def listing(hub: Hub, request: Request, name: str) -> Reply:
    status = request.query.get("status", ["all"])[0]
    pulls = repository(hub, request, name).pulls.values()
    found = [_shown(name, p) for p in pulls if status in ("all", p.status)]
    return reply({"count": len(found), "start": 0, "discussions": found})


@route("GET", r"/api/datasets/ID/discussions/(\d+)")
def details(hub: Hub, request: Request, name: str, num: str) -> Reply:
    pull = _pull(hub, request, name, num, write=False)
    changes = {"base": "refs/heads/main", "mergeCommitId": pull.merged_as}
    events = [
        _event("comment", k, {"edited": False, "hidden": False, "latest": {"raw": text}})
        for k, text in enumerate(pull.comments)
    ]
    more = {"changes": changes, "filesWithConflicts": [], "events": events, "diff": ""}
    return reply(_shown(name, pull) | more)


@route("POST", r"/api/datasets/ID/discussions/(\d+)/merge")
def merge(hub: Hub, request: Request, name: str, num: str) -> Reply:
    pull = _pull(hub, request, name, num, write=True)
    hub.repositories[name].merge(pull.num)
    given = json.loads(request.body or "{}")
    pull.comments += [given["comment"]] if "comment" in given else []
    return reply({})


@route("POST", r"/api/datasets/ID/discussions/(\d+)/status")
def status(hub: Hub, request: Request, name: str, num: str) -> Reply:
    pull = _pull(hub, request, name, num, write=True)
    given = json.loads(request.body)
    pull.status = given["status"]
    pull.comments += [given["comment"]] if "comment" in given else []
    return reply({"newStatus": _event("status-change", 0, {"status": pull.status})})


@route("POST", r"/api/datasets/ID/discussions/(\d+)/comment")
def comment(hub: Hub, request: Request, name: str, num: str) -> Reply:
    pull = _pull(hub, request, name, num, write=False)
    text = json.loads(request.body)["comment"]
    pull.comments.append(text)
    data = {"edited": False, "hidden": False, "latest": {"raw": text}}
    return reply({"newMessage": _event("comment", len(pull.comments), data)})
