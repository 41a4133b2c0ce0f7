"""Access tokens: who calls, for which party, with which scopes (RFC 9068, checked as RFC 8725 advises)."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError

from shared.kernel.clock import system_now
from shared.kernel.identifiers import party_number
from shared.kernel.offices import OFFICE
from shared.security.errors import TokenExpired, TokenForeign, TokenInvalid, TokenMissing
from shared.security.keys import KeySource, PublicKey

ALGORITHMS = ("ES256", "PS256")
HEADER_MEMBERS = {"alg", "kid", "typ"}
LIFETIME_SECONDS = 600
# Clocks of services may differ by two seconds (rules M5).
LEEWAY_SECONDS = 5
LONGEST_TOKEN = 8192
# Each is a caller and a digest, about a kilobyte; a token lives ten minutes, and the oldest give way.
MOST_VERIFIED = 2048

# What names a client in keys of rows: no blanks, no control characters, and not without an end.
_CLIENT = re.compile(r"[!-~]{1,200}")
# In seconds since 1970: some 30,000 years on.
_LATEST = 1e12
# Persons and employers have the nine digits that registration allots: each fits what keeps and compares their numbers.
_PARTY = re.compile(r"(?P<kind>(?!(?:person|employer):[0-9]{10})[a-z]+):(?P<number>[1-9][0-9]{0,17})")
_TYPES = ("at+jwt", "application/at+jwt")


class Role(StrEnum):
    """An officer of the organisation itself, or anybody else."""

    OFFICER = "officer"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request; `party` (for example `employer:12`) is the tenant of every row that it writes."""

    client_id: str
    party: str
    role: Role
    scopes: frozenset[str]
    # Who acts: one officer of several that use the same client.
    subject: str = ""
    # Of an officer: the office that it works in, where the issuer says so.
    office: str | None = None

    @property
    def client(self) -> str:
        """The party's client, which limits and idempotency keys belong to."""
        return f"{self.party}/{self.client_id}"

    @property
    def party_kind(self) -> str:
        """For example `employer`."""
        return self.party.partition(":")[0]

    @property
    def party_number(self) -> int:
        """For example 12."""
        return party_number(self.party)

    @property
    def is_officer(self) -> bool:
        return self.role is Role.OFFICER

    @property
    def officer(self) -> str | None:
        """Which officer of ours it is; None: it is none."""
        return self.subject if self.is_officer else None


@dataclass(frozen=True, slots=True)
class _Verified:
    """What was found in a token whose signature was good, and between which seconds it is good itself."""

    kid: str
    key: PublicKey
    caller: Caller
    begins: float
    ends: float


class TokenVerifier:
    """Checks tokens for one audience of one issuer; holds the issuer's public keys, and what it found in good tokens.

    The algorithms are fixed here and the key is chosen by `kid` from the issuer's set: a header can name neither
    (no `jwk`, `jku`, `x5u`, `crit` or any other member passes).

    A token that comes again is not verified again: its signature was good for these very bytes, so that only what time
    changes is asked each time, whether the issuer still has the key and whether the token's time is over. What is kept
    is found by a digest of the whole token: no bearer token lies in memory for its thief, a longer one takes no more
    room, and how long a look-up takes says nothing of the tokens that are known. A refusal is never kept, so nobody
    without a key of the issuer's can push others out.
    """

    def __init__(self, issuer: str, audience: str, keys: KeySource, clock: Callable[[], datetime] = system_now) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._clock = clock
        self._verified: dict[bytes, _Verified] = {}

    async def verify(self, token: str) -> Caller:
        """Return the caller, or raise one of the token errors of `shared.security.errors`."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._verified.get(digest)
        if known is not None:
            if await self._still_holds(known):
                return known.caller
            # Whatever is wrong with it by now is found, and said, as it is of a token that was never seen.
            self._verified.pop(digest, None)
        found = await self._check(token)
        self._keep(digest, found)
        return found.caller

    async def _still_holds(self, known: _Verified) -> bool:
        """Whether the issuer still has this very key, as it stood when it was used, and the time is not over."""
        return await self._keys.key(known.kid) is known.key and known.begins <= self._now() < known.ends

    def _keep(self, digest: bytes, found: _Verified) -> None:
        while len(self._verified) >= MOST_VERIFIED:
            del self._verified[next(iter(self._verified))]
        self._verified[digest] = found

    async def _check(self, token: str) -> _Verified:
        header = _header(token)
        key = await self._key_of(header)
        try:
            claims = jwt.decode(token, key, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, RecursionError) as fault:
            raise TokenInvalid("The signature does not match, or what is signed are no claims.") from fault
        self._check_origin(claims)
        self._check_time(claims)
        begins, ends = max(claims["iat"], claims.get("nbf", 0)) - LEEWAY_SECONDS, claims["exp"] + LEEWAY_SECONDS
        return _Verified(header["kid"], key, _caller(claims), begins, ends)

    async def _key_of(self, header: dict[str, str]) -> PublicKey:
        key = await self._keys.key(header["kid"])
        if key is None:
            raise TokenInvalid("The signing key is not one of the issuer's.")
        if key.alg not in (None, header["alg"]):
            raise TokenInvalid("The signing key is not made for this algorithm.")
        return key

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _check_origin(self, claims: dict[str, Any]) -> None:
        audience = claims.get("aud")
        audiences = [audience] if isinstance(audience, str) else audience
        if claims.get("iss") != self._issuer:
            raise TokenForeign("The token comes from another issuer.")
        if not isinstance(audiences, list) or self._audience not in audiences:
            raise TokenForeign("The token is meant for another audience.")

    def _check_time(self, claims: dict[str, Any]) -> None:
        times: dict[str, Any] = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
        # RFC 7519 lets them be fractions; JSON as Python reads it has NaN too, which is not later than anything.
        if not all(isinstance(time, int | float) and abs(time) < _LATEST for time in times.values()):
            raise TokenInvalid("The token's times are no numbers.")
        registry = jwt.JWTClaimsRegistry(
            now=self._now(), leeway=LEEWAY_SECONDS, exp={"essential": True}, iat={"essential": True}
        )
        try:
            registry.validate(times)
        except ExpiredTokenError as fault:
            raise TokenExpired from fault
        except JoseError as fault:
            raise TokenInvalid("The token's times do not admit it now.") from fault
        # Both instants are the issuer's own, so its lifetime needs no leeway for clocks that differ.
        if claims["exp"] - claims["iat"] > LIFETIME_SECONDS:
            raise TokenInvalid("The token's lifetime is longer than ten minutes.")


def bearer_token(authorization: list[str]) -> str:
    """The token of exactly one `Authorization: Bearer` header, given the values of all of them."""
    if not authorization:
        raise TokenMissing
    scheme, _, token = authorization[0].partition(" ")
    if len(authorization) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise TokenMissing("Exactly one bearer token is needed.")
    return token.strip()


def _header(token: str) -> dict[str, str]:
    if len(token) > LONGEST_TOKEN:
        raise TokenInvalid("The token is too long.")
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError) as fault:
        raise TokenInvalid("The token is no signed JWT.") from fault
    if not isinstance(header, dict) or not set(header) <= HEADER_MEMBERS:
        raise TokenInvalid("The token's header has a member that is not accepted.")
    if header.get("alg") not in ALGORITHMS:
        raise TokenInvalid("The token's algorithm is not accepted.")
    if str(header.get("typ", "")).lower() not in _TYPES:
        raise TokenInvalid("The token is no access token (typ at+jwt).")
    if not isinstance(header.get("kid"), str):
        raise TokenInvalid("The token names no signing key.")
    return header


def _caller(claims: dict[str, Any]) -> Caller:
    required = [claims.get(name) for name in ("sub", "client_id", "jti", "party")]
    scope = claims.get("scope", "")
    if not all(isinstance(value, str) and value for value in required) or not isinstance(scope, str):
        raise TokenInvalid("The token lacks a claim: sub, client_id, jti, party and scope are needed.")
    party = _PARTY.fullmatch(claims["party"])
    role = claims.get("role", Role.PARTNER)
    if party is None or role not in (*Role,):
        raise TokenInvalid("The token's party or role is not well formed.")
    if _CLIENT.fullmatch(claims["client_id"]) is None:
        raise TokenInvalid("The token's client_id is not 1 to 200 visible characters.")
    # A partner sees its own party's rows: those of the organisation are everybody's.
    if (role == Role.OFFICER) != (party["kind"] == "organisation"):
        raise TokenInvalid("The organisation's callers are its officers, and nobody else is one.")
    office = claims.get("office") if role == Role.OFFICER else None
    if office is not None and not (isinstance(office, str) and OFFICE.fullmatch(office)):
        raise TokenInvalid("The token's office is not well formed.")
    return Caller(claims["client_id"], claims["party"], Role(role), frozenset(scope.split()), claims["sub"], office)
