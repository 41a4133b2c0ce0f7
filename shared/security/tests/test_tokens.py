"""The token mutation set: each way in which a token can lie is refused, and an honest one is let in (OWASP API2)."""

import asyncio
import hashlib
import hmac
import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from shared.kernel.errors import JaringError
from shared.security import tokens
from shared.security.errors import TokenExpired, TokenForeign, TokenInvalid, TokenKeysUnavailable, TokenMissing
from shared.security.keys import KeyAddress, KeyFile, key_source, parse_jwks
from shared.security.tokens import Caller, Role, TokenVerifier, bearer_token

NOW = 1_790_000_000
ISSUER = "urn:jaring:issuer"
KEY = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
OTHER_KEY = ECKey.generate_key("P-256", {"kid": "k1"})
RSA_KEY = RSAKey.generate_key(2048, {"kid": "r1"})

Claims = dict[str, Any]


def claims(**changes: Any) -> Claims:
    good = {
        "iss": ISSUER,
        "aud": ["jaring-claims", "jaring-benefits"],
        "sub": "hospital-1",
        "client_id": "hospital-1",
        "jti": "t-1",
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 600,
        "scope": "claims:notice:write claims:notice:read",
        "party": "hospital:1",
        "role": "partner",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def header(**changes: Any) -> dict[str, Any]:
    return {"alg": "ES256", "typ": "at+jwt", "kid": "k1"} | changes


def signed(head: dict[str, Any], body: Claims, key: ECKey | RSAKey | OctKey = KEY) -> str:
    registry = jws.JWSRegistry(algorithms=[head["alg"]], strict_check_header=False)
    return jws.serialize_compact(head, json.dumps(body), key, registry=registry)


def handmade(head: dict[str, Any], body: Claims, sign: Callable[[bytes], bytes]) -> str:
    """A token that no honest library would make."""
    parts = [_base64(json.dumps(part).encode()) for part in (head, body)]
    text = b".".join(parts)
    return b".".join([text, _base64(sign(text))]).decode()


def _base64(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")


def published(path: Path, *keys: ECKey | RSAKey) -> Path:
    path.write_text(json.dumps(KeySet(list(keys)).as_dict(private=False)))
    return path


def broken(path: Path) -> None:
    path.write_text("{half")


@pytest.fixture
def jwks(tmp_path: Path) -> Path:
    return published(tmp_path / "jwks.json", KEY, RSA_KEY)


@pytest.fixture
def verifier(jwks: Path) -> TokenVerifier:
    return TokenVerifier(ISSUER, "jaring-claims", key_source(str(jwks)), clock=lambda: datetime.fromtimestamp(NOW, UTC))


async def test_an_honest_token_names_its_caller(verifier: TokenVerifier) -> None:
    caller = await verifier.verify(signed(header(), claims()))
    assert caller == Caller(
        "hospital-1", "hospital:1", Role.PARTNER, frozenset({"claims:notice:write", "claims:notice:read"}), "hospital-1"
    )
    assert (caller.party_kind, caller.party_number) == ("hospital", 1)


async def test_an_officer_is_of_the_office_that_the_issuer_names_and_a_partner_of_none(
    verifier: TokenVerifier,
) -> None:
    of_johor = await verifier.verify(signed(header(), claims(party="organisation:1", role="officer", office="johor")))
    of_none = await verifier.verify(signed(header(), claims(party="organisation:1", role="officer")))
    partner = await verifier.verify(signed(header(), claims(office="johor")))
    assert (of_johor.office, of_none.office, partner.office) == ("johor", None, None)


@dataclass
class Door:
    """A verifier with a clock that a test moves, and how many tokens it has read to their claims."""

    jwks: Path
    seconds: int = NOW
    read: int = 0

    def __post_init__(self) -> None:
        clock = lambda: datetime.fromtimestamp(self.seconds, UTC)  # noqa: E731
        self.verifier = TokenVerifier(ISSUER, "jaring-claims", key_source(str(self.jwks)), clock=clock)

    async def refuses(self, token: str, error: type[JaringError]) -> None:
        """Raises AssertionError when it lets the token in, or says something else."""
        with pytest.raises(JaringError) as refused:
            await self.verifier.verify(token)
        assert type(refused.value) is error


@pytest.fixture
def door(jwks: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    door, decode = Door(jwks), jwt.decode

    def counted(*arguments: Any, **options: Any) -> Any:
        door.read += 1
        return decode(*arguments, **options)

    monkeypatch.setattr(jwt, "decode", counted)
    return door


async def test_a_token_that_comes_again_is_not_verified_again(door: Door) -> None:
    token = signed(header(), claims())
    first, again = await door.verifier.verify(token), await door.verifier.verify(token)
    assert (first, door.read) == (again, 1)


async def test_the_tokens_of_a_key_that_was_withdrawn_end_at_once(door: Door) -> None:
    token = signed(header(), claims())
    await door.verifier.verify(token)
    published(door.jwks, RSA_KEY)
    await door.refuses(token, TokenInvalid)


async def test_the_tokens_of_a_key_that_was_replaced_under_its_id_end_at_once(door: Door) -> None:
    token = signed(header(), claims())
    await door.verifier.verify(token)
    published(door.jwks, OTHER_KEY)
    await door.refuses(token, TokenInvalid)


async def test_a_token_of_a_key_that_is_published_again_is_verified_again(door: Door) -> None:
    token = signed(header(), claims())
    await door.verifier.verify(token)
    published(door.jwks, KEY)
    await door.verifier.verify(token)
    assert door.read == 2


async def test_a_token_that_is_known_is_good_as_long_as_it_says_and_no_longer(door: Door) -> None:
    token = signed(header(), claims())
    for door.seconds in (NOW, NOW - 5, NOW + 604):
        assert await door.verifier.verify(token)
    assert door.read == 1
    door.seconds = NOW + 605
    await door.refuses(token, TokenExpired)
    door.seconds = NOW
    assert await door.verifier.verify(token)
    door.seconds = NOW - 6
    await door.refuses(token, TokenInvalid)


async def test_a_token_is_known_by_all_of_it(door: Door) -> None:
    """One that shares a head, a body or a signature with a good one is another one."""
    good = signed(header(), claims())
    other = signed(header(), claims(party="hospital:2"))
    assert (await door.verifier.verify(good)).party == "hospital:1"
    assert (await door.verifier.verify(other)).party == "hospital:2"
    heads, bodies, signatures = zip(good.split("."), other.split("."), strict=True)
    assert heads[0] == heads[1]
    await door.refuses(".".join((heads[0], bodies[1], signatures[0])), TokenInvalid)
    await door.refuses(".".join((heads[0], bodies[0], signatures[1])), TokenInvalid)
    await door.refuses(good[:-1], TokenInvalid)
    await door.refuses(good + "A", TokenInvalid)


async def test_a_refusal_is_not_kept(door: Door) -> None:
    """What was not yet valid becomes so; what was refused costs its sender the same each time."""
    early = signed(header(), claims(iat=NOW + 60, nbf=NOW + 60, exp=NOW + 600))
    for _ in range(2):
        await door.refuses(early, TokenInvalid)
    assert door.read == 2
    door.seconds = NOW + 60
    assert await door.verifier.verify(early)


async def test_so_many_tokens_are_known_and_the_oldest_give_way(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_VERIFIED", 3)
    sent = [signed(header(), claims(jti=f"t-{number}")) for number in range(4)]
    for token in sent:
        await door.verifier.verify(token)
    assert len(door.verifier._verified) == 3
    for token in sent[1:]:
        await door.verifier.verify(token)
    assert door.read == 4
    await door.verifier.verify(sent[0])
    assert door.read == 5


async def test_ps256_is_accepted_too(verifier: TokenVerifier) -> None:
    caller = await verifier.verify(signed(header(alg="PS256", kid="r1"), claims(), RSA_KEY))
    assert caller.party == "hospital:1"


async def test_a_token_without_nbf_is_accepted(verifier: TokenVerifier) -> None:
    """RFC 9068 does not ask for nbf."""
    assert await verifier.verify(signed(header(), claims(nbf=None)))


MUTATIONS: dict[str, tuple[dict[str, Any], Claims, type[JaringError]]] = {
    "another issuer": (header(), claims(iss="urn:else:issuer"), TokenForeign),
    "no issuer": (header(), claims(iss=None), TokenForeign),
    "another audience": (header(), claims(aud=["jaring-jobs"]), TokenForeign),
    "an audience that begins the same": (header(), claims(aud="jaring-claims-too"), TokenForeign),
    "no audience": (header(), claims(aud=None), TokenForeign),
    "expired": (header(), claims(iat=NOW - 700, nbf=NOW - 700, exp=NOW - 100), TokenExpired),
    "no expiry": (header(), claims(exp=None), TokenInvalid),
    "an expiry that is no number": (header(), claims(exp="soon"), TokenInvalid),
    "not yet valid": (header(), claims(nbf=NOW + 300), TokenInvalid),
    "issued in the future": (header(), claims(iat=NOW + 300, exp=NOW + 600), TokenInvalid),
    "no time of issue": (header(), claims(iat=None), TokenInvalid),
    "a life of an hour": (header(), claims(exp=NOW + 3600), TokenInvalid),
    "a life of one second too many": (header(), claims(exp=NOW + 601), TokenInvalid),
    "an id token": (header(typ="JWT"), claims(), TokenInvalid),
    "no type": ({"alg": "ES256", "kid": "k1"}, claims(), TokenInvalid),
    "an unknown key id": (header(kid="k9"), claims(), TokenInvalid),
    "no key id": ({"alg": "ES256", "typ": "at+jwt"}, claims(), TokenInvalid),
    "an unknown critical member": (header(crit=["exp2"], exp2=1), claims(), TokenInvalid),
    "a key address": (header(jku="https://keys.invalid/jwks"), claims(), TokenInvalid),
    "a certificate address": (header(x5u="https://keys.invalid/x5"), claims(), TokenInvalid),
    "no party": (header(), claims(party=None), TokenInvalid),
    "a party that is no party": (header(), claims(party="employer:0' or 1=1"), TokenInvalid),
    "an employer of ten digits": (header(), claims(party="employer:1000000000"), TokenInvalid),
    "a person of ten digits": (header(), claims(party="person:1000000000"), TokenInvalid),
    "a party of nineteen digits": (header(), claims(party="hospital:1000000000000000000"), TokenInvalid),
    "an unknown role": (header(), claims(role="root"), TokenInvalid),
    "an employer as officer": (header(), claims(party="employer:12", role="officer"), TokenInvalid),
    "the organisation as a partner": (header(), claims(party="organisation:1"), TokenInvalid),
    "the organisation without a role": (header(), claims(party="organisation:1", role=None), TokenInvalid),
    "an office that is no name": (
        header(),
        claims(party="organisation:1", role="officer", office="Johor Bahru' --"),
        TokenInvalid,
    ),
    "offices in a list": (header(), claims(party="organisation:1", role="officer", office=["johor"]), TokenInvalid),
    "a scope list": (header(), claims(scope=["claims:notice:write"]), TokenInvalid),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_token_that_lies_is_refused(verifier: TokenVerifier, mutation: str) -> None:
    head, body, refusal = MUTATIONS[mutation]
    token = handmade(head, body, _ecdsa)
    with pytest.raises(refusal):
        await verifier.verify(token)


def _ecdsa(text: bytes) -> bytes:
    """A right ES256 signature over any header, so that only the mutation is wrong."""
    from joserfc.jwa import JWS_ALGORITHMS

    model = next(model for model in JWS_ALGORITHMS if model.name == "ES256")
    return model.sign(text, KEY)


async def test_the_handmade_signature_is_right(verifier: TokenVerifier) -> None:
    """Else every mutation above would be refused for its signature alone."""
    assert await verifier.verify(handmade(header(), claims(), _ecdsa))


async def test_an_unsigned_token_is_refused(verifier: TokenVerifier) -> None:
    for name in ("none", "None", "NONE"):
        with pytest.raises(TokenInvalid):
            await verifier.verify(handmade(header(alg=name), claims(), lambda _: b""))


async def test_the_public_key_is_no_shared_secret(verifier: TokenVerifier) -> None:
    secret = KEY.as_pem(private=False)

    def mac(text: bytes) -> bytes:
        return hmac.digest(secret, text, hashlib.sha256)

    with pytest.raises(TokenInvalid):
        await verifier.verify(handmade(header(alg="HS256"), claims(), mac))


async def test_a_key_in_the_header_is_not_used(verifier: TokenVerifier) -> None:
    own = OTHER_KEY.as_dict(private=False)
    with pytest.raises(TokenInvalid):
        await verifier.verify(signed(header(jwk=own), claims(), OTHER_KEY))


async def test_a_signature_of_another_key_with_the_same_id_is_refused(verifier: TokenVerifier) -> None:
    with pytest.raises(TokenInvalid):
        await verifier.verify(signed(header(), claims(), OTHER_KEY))


async def test_a_changed_claim_breaks_the_signature(verifier: TokenVerifier) -> None:
    head, _, signature = signed(header(), claims()).split(".")
    other = _base64(json.dumps(claims(party="hospital:2")).encode()).decode()
    with pytest.raises(TokenInvalid):
        await verifier.verify(f"{head}.{other}.{signature}")


@pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c", "ä.b.c", "{}.{}.{}", "x" * 10_000])
async def test_what_is_no_token_at_all_is_refused(verifier: TokenVerifier, token: str) -> None:
    with pytest.raises(TokenInvalid):
        await verifier.verify(token)


@pytest.mark.parametrize("sent", [[], ["Basic abc"], ["Bearer "], ["Bearer a", "Bearer b"]])
def test_exactly_one_bearer_token_is_needed(sent: list[str]) -> None:
    with pytest.raises(TokenMissing):
        bearer_token(sent)


async def test_a_new_key_is_read_when_the_file_changes(jwks: Path) -> None:
    source = KeyFile(jwks)
    fresh = ECKey.generate_key("P-256", {"kid": "k2"})
    assert await source.key("k2") is None
    published(jwks, KEY, fresh)
    assert (await source.key("k2")) is not None


async def test_a_broken_key_file_keeps_the_last_good_keys(jwks: Path) -> None:
    source = KeyFile(jwks)
    assert await source.key("k1")
    broken(jwks)
    assert await source.key("k1")


async def test_without_any_keys_the_answer_is_unavailable_and_not_invalid(tmp_path: Path) -> None:
    with pytest.raises(TokenKeysUnavailable):
        await KeyFile(tmp_path / "absent.json").key("k1")


@pytest.mark.filterwarnings("ignore:Key size")
def test_weak_symmetric_and_encryption_keys_are_passed_over() -> None:
    weak = RSAKey.generate_key(1024, {"kid": "weak"}).as_dict(private=False)
    shared = OctKey.generate_key(256, {"kid": "shared"}).as_dict(private=True)
    sealing = ECKey.generate_key("P-256", {"kid": "enc", "use": "enc"}).as_dict(private=False)
    other_curve = ECKey.generate_key("P-384", {"kid": "p384"}).as_dict(private=False)
    entries = [weak, shared, sealing, other_curve, KEY.as_dict(private=False), {"kty": "??"}, "no key"]
    assert set(parse_jwks(json.dumps({"keys": entries}).encode())) == {"k1"}


def test_a_key_that_cannot_be_used_is_counted_and_stands_in_nobodys_way() -> None:
    """A key of an unknown curve broke every request: the library finds out when the curve is asked for."""
    good = KEY.as_dict(private=False)
    odd: dict[str, object] = {
        "curve": good | {"kid": "new", "crv": "P-999"},
        "malformed": good | {"kid": "off", "x": "AA"},
        "kind": OctKey.generate_key(256, {"kid": "shared"}).as_dict(private=True),
        "without_id": {name: value for name, value in good.items() if name != "kid"},
    }
    skipped: list[str] = []
    raw = json.dumps({"keys": [*odd.values(), good, 7]}).encode()
    assert set(parse_jwks(raw, skipped.append)) == {"k1"}
    assert skipped == [*odd, "malformed"]


@pytest.mark.parametrize("raw", [b"[" * 100_000, b"{}", b'{"keys": 1}', b"\xff"])
def test_what_is_no_key_set_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_jwks(raw)


@dataclass
class Issuer:
    """An issuer behind a wire that a test cuts, and the clock of its caller."""

    seconds: float = 0.0
    is_away: bool = False
    asked: int = 0

    def answer(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.is_away:
            raise httpx.ConnectError("away")
        return httpx.Response(200, json=KeySet([KEY]).as_dict(private=False))

    def address(self, monkeypatch: pytest.MonkeyPatch) -> KeyAddress:
        client = httpx.AsyncClient
        transport = httpx.MockTransport(self.answer)
        monkeypatch.setattr(httpx, "AsyncClient", lambda **options: client(transport=transport, **options))
        return KeyAddress("http://issuer.invalid/jwks", trusted=3600, clock=lambda: self.seconds)


async def test_while_the_issuer_is_away_its_keys_are_trusted_for_a_time_and_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They stayed trusted for 720 hours: as long as a thief can keep the issuer silent."""
    issuer = Issuer()
    source = issuer.address(monkeypatch)
    await source.ready()
    issuer.is_away = True
    for issuer.seconds in (299, 301, 1800, 3600):
        assert await source.key("k1") is not None
        await asyncio.sleep(0)
    assert source.age() == 3600
    issuer.seconds = 3601
    with pytest.raises(TokenKeysUnavailable):
        await source.key("k1")
    with pytest.raises(TokenKeysUnavailable):
        await source.ready()
    issuer.is_away, issuer.seconds = False, 3620
    assert await source.key("k1") is not None
    assert source.age() == 0


async def test_a_known_key_waits_for_nobody_while_the_issuer_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = Issuer()
    source = issuer.address(monkeypatch)
    assert await source.key("k1") is not None
    issuer.seconds = 400
    assert await source.key("k1") is not None
    assert (issuer.asked, source.age()) == (1, 400)
    await asyncio.sleep(0.1)
    assert (issuer.asked, source.age()) == (2, 0)


async def test_a_file_that_is_gone_is_trusted_for_a_time_and_no_longer(jwks: Path) -> None:
    seconds = 0.0
    source = KeyFile(jwks, trusted=60, clock=lambda: seconds)
    assert await source.key("k1")
    seconds = 1000.0
    assert await source.key("k1"), "a file that stands as it stood is as good as new"
    jwks.unlink()  # noqa: ASYNC240
    seconds = 1060.0
    assert await source.key("k1")
    seconds = 1061.0
    with pytest.raises(TokenKeysUnavailable):
        await source.key("k1")


async def test_an_unknown_key_id_asks_the_issuer_at_most_every_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    seconds = 0.0

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json=KeySet([KEY]).as_dict(private=False))

    transport = httpx.MockTransport(answer)
    client = httpx.AsyncClient
    monkeypatch.setattr(httpx, "AsyncClient", lambda **options: client(transport=transport, **options))
    source = KeyAddress("http://issuer.invalid/jwks", clock=lambda: seconds)
    for _ in range(5):
        assert await source.key(os.urandom(4).hex()) is None
    assert await source.key("k1") is not None
    assert len(asked) == 1
    seconds = 11.0
    assert await source.key("k9") is None
    assert len(asked) == 2
