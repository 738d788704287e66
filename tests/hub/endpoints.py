"""Endpoints about repositories: who, create, info, tree, refs, tags, branches, commit."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs

from tests.hub.repository import MAIN, Entry, HubError, Repository
from tests.hub.server import Hub, Reply, Request, route

_ATTRIBUTES = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"
_DATE = "2026-01-01T00:00:00.000Z"


def reply(value: Any, status: int = 200, **headers: str) -> Reply:
    """A JSON reply; underscores in header names stand for hyphens."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return status, {"Content-Type": "application/json", **named}, json.dumps(value).encode()


def repository(hub: Hub, request: Request, name: str, *, write: bool = False) -> Repository:
    """A repository that the token may see, or may write to."""
    found = hub.repositories.get(name)
    if found is None or (found.private and request.right is None):
        raise HubError(404 if request.right else 401, "RepoNotFound", "Repository not found")
    if write and request.right != "write":
        raise HubError(403 if request.right else 401, "", "this token has no write permission")
    return found


@route("GET", "/api/whoami-v2")
def whoami(hub: Hub, request: Request) -> Reply:
    if request.right is None:
        raise HubError(401, "", "Invalid credentials in Authorization header")
    return reply({"type": "user", "name": request.right, "orgs": []})


@route("POST", "/api/repos/create")
def create(hub: Hub, request: Request) -> Reply:
    if request.right != "write":
        raise HubError(403 if request.right else 401, "", "no permission to create a repository")
    given = json.loads(request.body)
    name = f"{given['organization']}/{given['name']}"
    url = f"{hub.url}/datasets/{name}"
    if name in hub.repositories:
        return reply({"error": "You already created this dataset repo", "url": url}, 409)
    private = given.get("private", False) or given.get("visibility") == "private"
    made = hub.repositories[name] = Repository(name, private)
    hub.blobs.add(_ATTRIBUTES)
    made.commit(MAIN, "initial commit", {".gitattributes": Entry.regular(_ATTRIBUTES)})
    return reply({"url": url, "name": name})


@route("DELETE", "/api/repos/delete")
def delete(hub: Hub, request: Request) -> Reply:
    given = json.loads(request.body)
    name = f"{given['organization']}/{given['name']}"
    repository(hub, request, name, write=True)
    del hub.repositories[name]
    return reply({})


@route("POST", "/api/validate-yaml")
def validate_yaml(hub: Hub, request: Request) -> Reply:
    known = json.loads(request.body)["content"].startswith("---\n")
    errors = [] if known else [{"message": "no YAML block"}]
    return reply({"errors": errors, "warnings": []}, 400 if errors else 200)


@route("GET", "/api/datasets/ID(?:/revision/REV)?")
def info(hub: Hub, request: Request, name: str, revision: str) -> Reply:
    found = repository(hub, request, name)
    commit = found.resolve(revision or MAIN)
    return reply(
        {
            "_id": "0", "id": name, "author": name.split("/")[0], "sha": commit.id,
            "lastModified": _DATE, "createdAt": _DATE, "private": found.private, "gated": False,
            "disabled": False, "downloads": 0, "likes": 0, "tags": [],
            "siblings": [{"rfilename": path} for path in commit.files],
        },
        X_Repo_Commit=commit.id,
    )  # fmt: skip


@route("GET", "/api/datasets/ID/tree/REV(?:/(.*))?")
def tree(hub: Hub, request: Request, name: str, revision: str, below: str) -> Reply:
    commit = repository(hub, request, name).resolve(revision)
    prefix = f"{below.rstrip('/')}/" if below else ""
    inside = {p: e for p, e in sorted(commit.files.items()) if p.startswith(prefix)}
    if below and not inside:
        raise HubError(404, "EntryNotFound", f"{below} is not in {name}")
    deep = request.query.get("recursive", ["false"])[0].lower() in ("true", "1")
    listed: dict[str, Any] = {}
    for path, entry in inside.items():
        steps = path.removeprefix(prefix).split("/")
        folders = [prefix + "/".join(steps[:k]) for k in range(1, len(steps))]
        for folder in folders if deep else folders[:1]:
            listed[folder] = {"type": "directory", "path": folder, "oid": "0" * 40, "size": 0}
        if deep or len(steps) == 1:
            listed[path] = described(hub, path, entry)
    return reply(list(listed.values()), X_Repo_Commit=commit.id)


@route("POST", "/api/datasets/ID/paths-info/REV")
def paths_info(hub: Hub, request: Request, name: str, revision: str) -> Reply:
    commit = repository(hub, request, name).resolve(revision)
    found = []
    for path in parse_qs(request.body.decode()).get("paths", []):
        if path in commit.files:
            found.append(described(hub, path, commit.files[path]))
        elif any(p.startswith(f"{path}/") for p in commit.files):
            found.append({"type": "directory", "path": path, "oid": "0" * 40, "size": 0})
    return reply(found)


def described(hub: Hub, path: str, entry: Entry) -> dict[str, Any]:
    """A file as `tree` and `paths-info` give it."""
    facts: dict[str, Any] = {"type": "file", "path": path, "oid": entry.oid, "size": entry.size}
    if entry.lfs:
        facts["lfs"] = {"oid": entry.sha256, "size": entry.size, "pointerSize": 130}
        xet = hub.blobs.xet_hash(entry.sha256)
        facts |= {"xetHash": xet} if xet else {}
    return facts


@route("GET", "/api/datasets/ID/refs")
def refs(hub: Hub, request: Request, name: str) -> Reply:
    found = repository(hub, request, name)
    plain = {k: v for k, v in found.branches.items() if not k.startswith("refs/")}
    pulls = {k: v for k, v in found.branches.items() if k.startswith("refs/pr/")}

    def shown(kind: str, names: dict[str, str]) -> list[dict[str, str]]:
        return [{"name": k, "ref": f"{kind}{k}", "targetCommit": v} for k, v in names.items()]

    lists = {"branches": shown("refs/heads/", plain), "tags": shown("refs/tags/", found.tags)}
    return reply({**lists, "converts": [], "pullRequests": shown("", pulls)})


@route("GET", "/api/datasets/ID/commits/REV")
def commits(hub: Hub, request: Request, name: str, revision: str) -> Reply:
    facts = [
        {"id": c.id, "title": c.title, "message": "", "date": _DATE, "authors": [{"user": "u"}]}
        for c in repository(hub, request, name).history(revision)
    ]
    return reply(facts)


@route("POST", "/api/datasets/ID/tag/REV")
def tag(hub: Hub, request: Request, name: str, revision: str) -> Reply:
    found = repository(hub, request, name, write=True)
    new = json.loads(request.body)["tag"]
    if new in found.tags:
        raise HubError(409, "", f"Tag reference exists already: {new}")
    found.tags[new] = found.resolve(revision).id
    return reply({})


@route("DELETE", "/api/datasets/ID/tag/REV")
def untag(hub: Hub, request: Request, name: str, revision: str) -> Reply:
    del repository(hub, request, name, write=True).tags[revision]
    return reply({})


@route("POST", "/api/datasets/ID/branch/REV")
def branch(hub: Hub, request: Request, name: str, new: str) -> Reply:
    found = repository(hub, request, name, write=True)
    if new in found.branches:
        raise HubError(409, "", f"Branch exists already: {new}")
    start = json.loads(request.body or b"{}").get("startingPoint", MAIN)
    found.branches[new] = found.resolve(start).id
    return reply({})


@route("DELETE", "/api/datasets/ID/branch/REV")
def unbranch(hub: Hub, request: Request, name: str, old: str) -> Reply:
    del repository(hub, request, name, write=True).branches[old]
    return reply({})


@route("POST", "/api/datasets/ID/commit/REV")
def commit(hub: Hub, request: Request, name: str, revision: str) -> Reply:
    by_pull = "create_pr" in request.query
    # Anybody who is signed in may propose.
    found = repository(hub, request, name, write=not by_pull)
    lines = [json.loads(line) for line in request.body.splitlines()]
    header = lines[0]["value"]
    target, pull = revision, None
    if by_pull:
        pull = found.open_pull(header["summary"], request.right or "")
        target = f"refs/pr/{pull.num}"
    files = dict(found.resolve(target).files)
    for line in lines[1:]:
        change(hub, files, line["key"], line["value"])
    made = found.commit(target, header["summary"], files, header.get("parentCommit"))
    page = f"{hub.url}/datasets/{name}"
    about = {"commitUrl": f"{page}/commit/{made.id}", "commitOid": made.id, "success": True}
    if pull is not None:
        about["pullRequestUrl"] = f"{page}/discussions/{pull.num}"
    return reply(about)


def change(hub: Hub, files: dict[str, Entry], key: str, value: dict[str, Any]) -> None:
    """One line of a commit: a file, a large file, or a deletion."""
    path = value["path"]
    if key == "file":
        data = base64.b64decode(value["content"])
        hub.blobs.add(data)
        files[path] = Entry.regular(data)
    elif key == "lfsFile":
        if not hub.blobs.has(value["oid"]):
            raise HubError(400, "", f"{path}: the large file {value['oid']} was never uploaded")
        files[path] = Entry.large(value["oid"], value["size"])
    elif path not in files:
        raise HubError(404, "EntryNotFound", f"A file with this name doesn't exist: {path}")
    else:
        del files[path]
