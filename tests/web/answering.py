"""A server of two processes that tells which of them answers; `python -m tests.web.answering` prints its port."""

import logging
import os
import socket
import sys
from typing import Any

import uvicorn

from web.arriving.dealing import Dealer

QUIET: dict[str, Any] = {"log_config": None, "log_level": "warning", "access_log": False}  # as the office serves
logging.basicConfig(level=logging.INFO)  # as the office does: whoever has something to say is heard


async def app(_scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """Answer with the number of this process."""
    told = str(os.getpid()).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(told)).encode())]}
    )
    await send({"type": "http.response.body", "body": told})


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        Dealer(listener, uvicorn.Config("tests.web.answering:app", workers=2, lifespan="off", **QUIET)).run()
