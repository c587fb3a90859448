"""The page over HTTP and its updates over a websocket: for who knows the token, under this computer's own name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from secrets import compare_digest

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from edgesort.hil.monitor.picture import Page, Picture

STATIC = Path(__file__).parent / "static"
PULSE_S = 0.05  # between two updates
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


class Guard:
    """403 for whoever does not name the token first in the path, or asks under another name than this computer's.

    The second is for a page from elsewhere whose name was made to lead here.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self.app, self.token = app, token
        self.hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._welcome(HTTPConnection(scope)):
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await WebSocket(scope, receive, send).close()  # before it is accepted: 403
        else:
            refused = PlainTextResponse("403: the page's whole URL, token included, is what the command printed\n", 403)
            await refused(scope, receive, send)

    def _welcome(self, asked: HTTPConnection) -> bool:
        origin = asked.headers.get("origin")
        named = asked.headers.get("host") in self.hosts
        near = origin is None or origin.removeprefix("http://") in self.hosts
        token = str(asked.scope["path"]).split("/")[1]
        return compare_digest(token.encode(), self.token.encode()) and named and near


class Monitor:
    """Gives pages what is new, in step, and none more than it can draw."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.pages: list[Page] = []
        self.beat = asyncio.Condition()

    async def pulse(self) -> None:
        """For ever: take what is new."""
        while True:
            self.picture.advance()
            for page in self.pages:
                page.dropped += not page.ready
            async with self.beat:
                self.beat.notify_all()
            await asyncio.sleep(PULSE_S)

    async def live(self, socket: WebSocket) -> None:
        """A page: an update at a time, the next one when it says that it has drawn the last."""
        await socket.accept()
        page = Page()
        self.pages.append(page)
        try:
            while True:
                page.ready = True
                async with self.beat:
                    await self.beat.wait()
                page.ready = False
                await socket.send_bytes(self.picture.since(page))
                await socket.receive_text()
        except WebSocketDisconnect:
            return
        finally:
            self.pages.remove(page)


def app(picture: Picture, token: str, port: int) -> Starlette:
    """All of it under /TOKEN/."""
    monitor = Monitor(picture)

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(monitor.pulse())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    routes = [
        Route("/", _page),
        WebSocketRoute("/live", monitor.live),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    guard = Middleware(Guard, token=token, port=port)
    made = Starlette(routes=[Mount(f"/{token}", routes=routes)], middleware=[guard], lifespan=running)
    made.state.monitor = monitor
    return made


def _page(_: Request) -> Response:
    return FileResponse(STATIC / "page.html")


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *((k.encode(), v.encode()) for k, v in HEADERS.items())]
        await send(message)

    return sending
