"""Digests of requests are stored beside idempotency keys: the same request has the same one in every version."""

import hmac
from typing import Any

import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st

from shared.web import routing

KEY = b"a key of the test"
BODY = b'{"number": 1}'

# Written down from what was stored until 29 November 2026.
STORED: dict[str, tuple[str, bytes, bytes | None, str]] = {
    "plain": ("/v1/employers", b"", b"127.0.0.1:8001", "8734bdbc3c88318106b9355855cf3337"),
    "a name": ("/v1/employers", b"", b"jaring.example", "8734bdbc3c88318106b9355855cf3337"),
    "encoded parts": (
        "/v1/a b?c#d%3F\\é/x",
        b"",
        b"jaring.example",
        "358c550912016f6067f2a82968fb0b60",
    ),
    "a path that was encoded twice": ("/v1/persons/%41", b"", b"jaring.example", "f50ece072c46aa2bd50953f49b23b4d5"),
    "two slashes": ("//v1//employers", b"", b"jaring.example", "6e0a1b24ed891a252cb0f9f2676e977c"),
    "two slashes and no host": ("//v1/employers", b"", None, "0238e7481d9382bd28205fc92dd806e7"),
    "a query": ("/v1/employers", b"a=1&b=%20x?y", b"jaring.example", "d467d85b3077a3fc82510ef957d17f51"),
    "a query that ends early": ("/v1/employers", b"a=1#b", b"jaring.example", "a74d14b5ccaf82f85dd812e7909e3987"),
    "a tab": ("/v1/em\tployers\n", b"", b"jaring.example", "8734bdbc3c88318106b9355855cf3337"),
    "a blank at the end": ("/v1/employers ", b"", b"jaring.example", "642e108dc03eaa35cb750df924de8999"),
    "a colon": ("/v1/employers:close", b"", b"jaring.example", "50cbad8784ab2214e8983a7a81cf6dbe"),
    "dots": ("/v1/../employers/.", b"", b"jaring.example", "975b271c5651326bb8e4e63726bcad25"),
    "no host": ("/v1/employers", b"", None, "8734bdbc3c88318106b9355855cf3337"),
    "an empty host": ("/v1/employers", b"", b"", "8734bdbc3c88318106b9355855cf3337"),
    "a host with a path": ("/v1/employers", b"", b"jaring.example/odd", "8734bdbc3c88318106b9355855cf3337"),
    "a host with a query": ("/v1/employers", b"", b"jaring.example?odd", "8734bdbc3c88318106b9355855cf3337"),
    "a host with a fragment": ("/v1/employers", b"", b"a#b", "8734bdbc3c88318106b9355855cf3337"),
    "a host with a user": ("/v1/employers", b"", b"user@jaring.example", "8734bdbc3c88318106b9355855cf3337"),
    "a host in IPv6": ("/v1/employers", b"", b"[::1]:8001", "8734bdbc3c88318106b9355855cf3337"),
    "a host in half of IPv6": ("/v1/employers", b"", b"[::1", "8734bdbc3c88318106b9355855cf3337"),
    "a host in latin-1": ("/v1/employers", b"", b"j\xe4ring.example", "8734bdbc3c88318106b9355855cf3337"),
    "a port that there is not": ("/v1/employers", b"", b"jaring.example:99999", "8734bdbc3c88318106b9355855cf3337"),
    "a port without a number": ("/v1/employers", b"", b"jaring.example:", "8734bdbc3c88318106b9355855cf3337"),
}


def request_of(
    path: str, query: bytes = b"", host: bytes | None = b"jaring.example", server: Any = ("127.0.0.1", 8001)
) -> Request:
    app = FastAPI()
    app.state.digest_key = KEY
    headers = [(b"accept", b"*/*")] if host is None else [(b"accept", b"*/*"), (b"host", host)]
    scope = {"type": "http", "method": "POST", "scheme": "http", "path": path, "query_string": query}
    return Request({**scope, "headers": headers, "server": server, "app": app, "state": {}})


def digest_by_starlettes_url(request: Request, body: bytes) -> bytes:
    target = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hmac.digest(KEY, target + body, "sha256")


@pytest.mark.parametrize("case", STORED)
def test_what_was_stored_is_found_again(case: str) -> None:
    path, query, host, stored = STORED[case]
    assert routing._digest(request_of(path, query, host), BODY).hex()[:32] == stored


def test_a_socket_without_a_port_and_an_odd_host_are_written_as_they_were() -> None:
    odd = request_of("/v1/employers", host=b"a/b", server=("/run/api.sock", None))
    assert routing._digest(odd, BODY).hex()[:32] == "31f8b150e079af691fd60c93e45762d7"


PATHS = st.text(st.sampled_from("aZ09._~/-:;%?#\\@[] \t\né"), max_size=12).map(lambda text: f"/{text}")
HOSTS = st.none() | st.text(st.sampled_from("aZ09.-:/?#@[]_ é"), max_size=8).map(lambda text: text.encode("latin-1"))
QUERIES = st.sampled_from([b"", b"a=1", b"#", b"?"])
SERVERS = st.sampled_from([("127.0.0.1", 8001), ("::1", 80), ("/run/api.sock", None), None])


@given(PATHS, QUERIES, HOSTS, SERVERS)
def test_any_address_has_the_digest_of_starlettes_url(path: str, query: bytes, host: bytes | None, server: Any) -> None:
    asked = (path, query, host, server)
    assert outcome(routing._digest, request_of(*asked)) == outcome(digest_by_starlettes_url, request_of(*asked))


def outcome(digest: Any, request: Request) -> object:
    try:
        return digest(request, BODY)
    except ValueError as fault:
        return type(fault)


def test_a_long_body_is_hashed_in_parts_to_the_same() -> None:
    body = b"x" * (routing._AT_ONCE_BYTES + 1)
    request = request_of("/v1/employers")
    assert routing._digest(request, body) == digest_by_starlettes_url(request, body)


def test_plain_addresses_ask_for_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Request, "url", property(lambda _: pytest.fail("a URL was built")))
    for host in (b"127.0.0.1:8001", b"jaring.example", b"localhost:65535"):
        assert routing._digest(request_of("/v1/persons/P000000012T", host=host), BODY)
