"""A registry on loopback with one small image, as much of one as the engine's pull needs."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _descriptor(media_type: str, data: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "size": len(data), "digest": _digest(data)}


class Registry:
    """Serves ``<address>/<any name>:<tag>``; ``layer`` is an uncompressed tar of the root folder."""

    def __init__(self, tag: str, layer: bytes) -> None:
        rootfs = {"type": "layers", "diff_ids": [_digest(layer)]}
        config = json.dumps(
            {"architecture": "amd64", "os": "linux", "config": {"Env": ["PATH=/bin"]}, "rootfs": rootfs}
        ).encode()
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": _descriptor(CONFIG, config),
                "layers": [_descriptor(LAYER, layer)],
            }
        ).encode()
        self.blobs = {_digest(config): config, _digest(layer): layer}
        self.manifests = {tag: manifest, _digest(manifest): manifest}
        self.asked: Counter[str] = Counter()
        registry = self

        class Handler(_Handler):
            serves = registry

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    serves: Registry

    def do_GET(self) -> None:
        *_, kind, reference = self.path.rstrip("/").split("/")
        self.serves.asked[f"{self.command} {kind}"] += 1
        found = {"manifests": self.serves.manifests, "blobs": self.serves.blobs}.get(kind, {})
        data, status, media_type = found.get(reference), 200, MANIFEST
        if kind == "blobs":
            media_type = "application/octet-stream"
        if self.path == "/v2/":
            data = b"{}"
        if data is None:
            error = {"code": "MANIFEST_UNKNOWN", "message": "manifest unknown", "detail": reference}
            data, status, media_type = json.dumps({"errors": [error]}).encode(), 404, "application/json"
        self.send_response(status)
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        if status == 200:
            self.send_header("Docker-Content-Digest", _digest(data))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
