"""A small OpenID Connect provider on loopback: discovery, authorize, token, keys. For tests alone.

Whoever comes may say who he is, in a form; the code flow and the signed token are the real ones.
"""

import html
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT = ("board", "a secret of the board")
KEY = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})


@dataclass
class Provider:
    """The provider's state.

    Attributes:
        url: its issuer.
        codes: code → what was asked, and the claims that answer it; each is good once.
        asked: names of the endpoints that were called, in order.
    """

    url: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def discovery(self, _request: Request) -> Response:
        self.asked.append("discovery")
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    def authorize(self, request: Request) -> Response:
        """The form; it comes back with a name."""
        query = dict(request.query_params)
        assert (query["client_id"], query["response_type"]) == (CLIENT[0], "code")
        assert "openid" in query["scope"].split()
        if "login" not in query:
            hidden = "".join(
                f'<input type="hidden" name="{html.escape(k)}" value="{html.escape(v)}">'
                for k, v in query.items()
            )
            return HTMLResponse(f'<form>{hidden}<input name="login"><button>Go</button></form>')
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back = urlencode({"code": code, "state": query["state"]})
        return RedirectResponse(f"{query['redirect_uri']}?{back}", status_code=302)

    async def token(self, request: Request) -> Response:
        body = {k: v[0] for k, v in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(body["code"], None)
        if asked is None or asked["redirect_uri"] != body["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        self.asked.append("token")
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.url,
            "sub": f"id-of-{asked['login']}",
            "aud": CLIENT[0],
            "iat": now,
            "exp": now + 300,
            "preferred_username": asked["login"],
        }
        if "nonce" in asked:
            claims["nonce"] = asked["nonce"]
        signed = jwt.encode({"alg": "RS256", "kid": "test"}, claims, KEY)
        return JSONResponse(
            {"access_token": "x", "token_type": "Bearer", "expires_in": 300, "id_token": signed}
        )

    def jwks(self, _request: Request) -> Response:
        self.asked.append("jwks")
        return JSONResponse({"keys": [KEY.as_dict(private=False)]})


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers on a free port of this machine."""
    found = Provider()
    routes = [
        Route("/.well-known/openid-configuration", found.discovery),
        Route("/authorize", found.authorize),
        Route("/token", found.token, methods=["POST"]),
        Route("/jwks", found.jwks),
    ]
    # Setting up its logging would end the handlers of others, and streams of pytest's with them.
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        found.url = f"http://127.0.0.1:{port}"
        yield found
    finally:
        server.should_exit = True
        thread.join()
