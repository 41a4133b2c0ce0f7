"""A client of an app in this process."""

import sys
from datetime import timedelta
from typing import Any, cast

import httpx
from starlette.types import ASGIApp

# httpx asks each time whether trio runs, and looks for this package in every folder of the path, where it is not.
sys.modules.setdefault("sniffio", cast(Any, None))


_ADDRESS = "http://test"


class AppClient(httpx.AsyncClient):
    """Sends requests to an app and takes answers as they come.

    What a client does beyond that for the web (redirects, cookies, authentication, a line in the log) takes as long as
    a small request, and no app here asks for it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = httpx.ASGITransport(cast(Any, app), raise_app_exceptions=False)
        super().__init__(transport=self._app, base_url=_ADDRESS)

    def _merge_url(self, url: httpx.URL | str) -> httpx.URL:
        """Read a path once, with the address before it; httpx reads each address three times."""
        if isinstance(url, str) and url.startswith("/") and not url.startswith("//"):
            return httpx.URL(f"{_ADDRESS}{url}")
        return super()._merge_url(url)

    async def send(self, request: httpx.Request, **_: Any) -> httpx.Response:
        """The whole answer."""
        response = await self._app.handle_async_request(request)
        response.request, response.elapsed = request, timedelta()
        await response.aread()
        return response
