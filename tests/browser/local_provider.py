"""An OpenID Connect provider on this machine that knows one visitor and never refuses him."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

EMAIL = "radiologist@hospital.example"
CLIENT_ID = "pneumoscope"


@contextmanager
def serve_provider() -> Iterator[str]:
    """Give the provider's address."""
    key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
    nonces: list[str] = []

    class Provider(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            if url.path == "/authorize":
                nonces.append(asked["nonce"])
                self.send_response(302)
                back = urlencode({"code": "granted", "state": asked["state"]})
                self.send_header("Location", f"{asked['redirect_uri']}?{back}")
                self.end_headers()
            elif url.path == "/keys":
                self._send({"keys": [key.as_dict(private=False)]})
            elif url.path == "/.well-known/openid-configuration":
                self._send(
                    {
                        "issuer": address,
                        "authorization_endpoint": f"{address}/authorize",
                        "token_endpoint": f"{address}/token",
                        "jwks_uri": f"{address}/keys",
                        "id_token_signing_alg_values_supported": ["RS256"],
                    }
                )
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            now = int(time.time())
            claims = {
                "iss": address,
                "aud": CLIENT_ID,
                "sub": "1",
                "email": EMAIL,
                "iat": now,
                "exp": now + 300,
                "nonce": nonces[-1],
            }
            token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)
            self._send(
                {"access_token": "none", "token_type": "Bearer", "id_token": token}
                | {"expires_in": 300}
            )

        def log_message(self, *_: object) -> None:
            pass

        def _send(self, answer: dict[str, object]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("localhost", 0), Provider)
    address = f"http://localhost:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
