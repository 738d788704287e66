"""Endpoints that move bytes: preupload, LFS, Xet tokens, and `resolve`, which downloads."""

import json
import re
import time

from tests.hub.endpoints import reply, repository
from tests.hub.repository import HubError
from tests.hub.server import Hub, Reply, Request, route


@route("POST", "/api/datasets/ID/preupload/REV")
def preupload(hub: Hub, request: Request, name: str, revision: str) -> Reply:
    write = "create_pr" not in request.query
    files = repository(hub, request, name, write=write).resolve(revision).files
    answers = []
    for given in json.loads(request.body)["files"]:
        path = given["path"]
        mode = "lfs" if path.endswith(".parquet") else "regular"
        old = files.get(path)
        # An unchanged large file is told by its SHA-256, a small one by its blob.
        oid = None if old is None else old.sha256 if old.lfs else old.oid
        answers.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
    return reply({"files": answers})


@route("POST", r"/datasets/ID\.git/info/lfs/objects/batch")
def batch(hub: Hub, request: Request, name: str) -> Reply:
    repository(hub, request, name)
    objects = json.loads(request.body)["objects"]
    for thing in objects:
        if not hub.blobs.has(thing["oid"]):
            upload = {"href": f"{hub.url}/lfs/{thing['oid']}"}
            verify = {"href": f"{hub.url}/lfs-verify"}
            thing["actions"] = {"upload": upload, "verify": verify}
    return reply({"transfer": "basic", "objects": objects})


@route("PUT", "/lfs/([0-9a-f]{64})")
def put(hub: Hub, request: Request, sha256: str) -> Reply:
    if hub.blobs.add(request.body) != sha256:
        raise HubError(400, "", f"the bytes are not those of {sha256}")
    return reply({})


@route("POST", "/lfs-verify")
def verify(hub: Hub, request: Request) -> Reply:
    if not hub.blobs.has(json.loads(request.body)["oid"]):
        raise HubError(404, "", "no such object")
    return reply({})


@route("GET", "/api/datasets/ID/xet-(read|write)-token/(.+)")
def xet_token(hub: Hub, request: Request, name: str, kind: str, revision: str) -> Reply:
    repository(hub, request, name, write=kind == "write")
    cas, until = f"local://{hub.blobs.cas}", int(time.time()) + 3600
    headers = {
        "X_Xet_Cas_Url": cas,
        "X_Xet_Access_Token": "t",
        "X_Xet_Token_Expiration": str(until),
    }
    return reply({"casUrl": cas, "accessToken": "t", "exp": until}, **headers)


@route("GET", "/datasets/ID/resolve/REV/(.+)")
def resolve(hub: Hub, request: Request, name: str, revision: str, path: str) -> Reply:
    commit = repository(hub, request, name).resolve(revision)
    headers = {"X-Repo-Commit": commit.id, "Accept-Ranges": "bytes"}
    if path not in commit.files:
        missing = {"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found"}
        return 404, headers | missing, b""
    entry = commit.files[path]
    headers["ETag"] = f'"{entry.oid}"'
    if entry.lfs:
        headers |= {"X-Linked-Etag": f'"{entry.sha256}"', "X-Linked-Size": str(entry.size)}
        xet = hub.blobs.xet_hash(entry.sha256)
        if xet:
            refresh = f"{hub.url}/api/datasets/{name}/xet-read-token/{commit.id}"
            headers |= {"X-Xet-Hash": xet, "Link": f'<{refresh}>; rel="xet-auth"'}
    return ranged(hub.blobs.get(entry.sha256, entry.size), request, headers)


def ranged(data: bytes, request: Request, headers: dict[str, str]) -> Reply:
    """The whole of the bytes, or the range that was asked for."""
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("Range") or "")
    if asked is None:
        return 200, headers, data
    first, last = asked.groups()
    start = int(first) if first else len(data) - int(last)
    stop = int(last) + 1 if first and last else len(data)
    if start >= len(data):
        return 416, headers | {"Content-Range": f"bytes */{len(data)}"}, b""
    part = data[start:stop]
    span = f"bytes {start}-{start + len(part) - 1}/{len(data)}"
    return 206, headers | {"Content-Range": span}, part
