"""The description of the interface as one page, without a script or anything from elsewhere."""

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from leaderboard.api.door import HEADERS

router = APIRouter(include_in_schema=False)

# Nothing can be loaded or sent, whatever a description holds.
_NOTHING = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_FRAMES = dict(HEADERS)[b"content-security-policy"].decode()
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font-family: monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
section { border-top: 1px solid #8886; padding: .5rem 0; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .1rem 1rem .1rem 0; }
"""
_CODE, _AS_CODE = re.compile("`([^`]+)`"), r"<code>\1</code>"
_USE = """\
curl {url}/board
curl '{url}/records?format=parquet' -o records.parquet
qslbench submit predictions.parquet --store {board}"""


@router.get("/")
@router.get("/docs")
def page(request: Request) -> HTMLResponse:
    """The page."""
    # The base of a request is that of the whole server; the root path holds the mount too.
    at = request.url
    url = f"{at.scheme}://{at.netloc}{request.scope.get('root_path', '')}"
    text = html(request.app.openapi(), url)
    return HTMLResponse(text, headers={"Content-Security-Policy": f"{_NOTHING}; {_FRAMES}"})


def html(document: Mapping[str, Any], url: str) -> str:
    """The page of an OpenAPI document.

    Args:
        document: as `FastAPI.openapi` makes it.
        url: where the interface is, without a slash at the end.
    """
    info = document["info"]
    use = _USE.format(url=url, board=url.removesuffix("/api"))
    title = escape(f"{info['title']}: interface for programs")
    calls = "".join(
        _call(method, path, call)
        for path, methods in document["paths"].items()
        for method, call in methods.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>{_text(info.get('description', ''))}"
        f"<pre>{escape(use)}</pre>"
        '<p><a href="..">The board</a> · <a href="openapi.json">This description as OpenAPI</a> · '
        f'<a href="feed">Feed of new entries</a></p>{calls}</main></body></html>'
    )


def _call(method: str, path: str, call: Mapping[str, Any]) -> str:
    rows = "".join(_parameters(call))
    head = "<tr><th>Name</th><th>In</th><th>Form</th><th>Meaning</th></tr>"
    table = f"<table>{head}{rows}</table>" if rows else ""
    statuses = ", ".join(_answers(call))
    return (
        f"<section><h2><code>{escape(method.upper())} {escape(path)}</code></h2>"
        f"{_text(call.get('description', ''))}{table}<p>Answers: {escape(statuses)}</p></section>"
    )


def _parameters(call: Mapping[str, Any]) -> Iterator[str]:
    for one in call.get("parameters", []):
        schema = one["schema"]
        words = (one["name"], one["in"], _form(schema), one.get("description", ""))
        yield f"<tr>{''.join(f'<td>{escape(str(word))}</td>' for word in words)}</tr>"


def _form(schema: Mapping[str, Any]) -> str:
    """The type, choices, ends and default of a parameter."""
    any_of = [part for part in schema.get("anyOf", [schema]) if part.get("type") != "null"]
    known = schema | any_of[0]
    words = [str(known.get("type", "text"))]
    if "enum" in known:
        words = [" or ".join(map(str, known["enum"]))]
    for key, sign in (("minimum", "≥"), ("maximum", "≤")):
        words += [f"{sign} {known[key]}"] if key in known else []
    words += [f"default {known['default']}"] if known.get("default") is not None else []
    return ", ".join(words)


def _answers(call: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in call["responses"].items():
        kinds = ", ".join(answer.get("content", {}))
        yield f"{status} {kinds}".strip()


def _text(text: str) -> str:
    """Paragraphs; what stands between backticks is code."""
    parts = (escape(part) for part in text.split("\n\n") if part.strip())
    return "".join(f"<p>{_CODE.sub(_AS_CODE, part)}</p>" for part in parts)
