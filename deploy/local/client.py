"""The way into the running platform: tokens from the issuer, requests over HTTP."""

import time
from collections.abc import Mapping
from typing import Any

import httpx

from deploy.local.state import State, address_of, replace, secret
from shared.kernel.identifiers import new_id

OFFICER_SCOPES = (
    "registration:employer:write registration:person:write registration:person:read registration:spell:write "
    "registration:spell:read registration:skbbk:read registration:skbbk:write registration:contribution_file:read "
    "registration:cover:read registration:cover_inquiry:write "
    "registration:refund:read registration:refund:write registration:refund:decide registration:task:read "
    "registration:task:write registration:person:search registration:person:correct registration:person:decide "
    "registration:duplicate:decide registration:ssfw:issue registration:ssfw:read "
    "registration:contribution:read registration:interest:decide registration:bank_credit:decide "
    "registration:account:read registration:spell_statement:decide registration:family_relation:decide "
    "registration:register_statement:decide registration:opening_file:write registration:opening_file:read "
    "registration:opening_file:decide registration:spell_correction:decide registration:foreign_pass:decide "
    "registration:employer_statement:decide registration:employer:state registration:employer:read "
    "registration:person_merge:read registration:person_merge:write registration:person_merge:decide "
    "registration:contribution_file:decide "
    "registration:enforcement:read registration:enforcement:write registration:enforcement:decide "
    "registration:assessment_objection:write "
    "registration:erasure:read registration:erasure:write registration:erasure:decide "
    "registration:scheme:read registration:scheme_registration:read registration:scheme_registration:write "
    "registration:cover_payment:read registration:cover_payment:write registration:cover_payment:decide "
    "claims:statistics:read registration:control_total:read claims:control_total:read benefits:control_total:read "
    "rehab:control_total:read jobs:control_total:read "
    "claims:erasure:read benefits:erasure:read rehab:erasure:read jobs:erasure:read "
    "benefits:payee:write benefits:entitlement:read benefits:payment:read benefits:recovery:read benefits:ledger:read "
    "claims:claim:read claims:notice:read claims:notice:write claims:task:read claims:task:write "
    "claims:identity:decide claims:wages:decide claims:doubt:decide claims:evidence:decide claims:over_review:decide "
    "claims:unruled:decide claims:lost:decide "
    "claims:investigation:read claims:investigation:write claims:investigation:decide claims:inconsistency:decide "
    "claims:task:all_offices registration:task:all_offices rehab:task:all_offices "
    "claims:board_case:read claims:board_case:write claims:board_case:decide claims:board_session:read "
    "claims:board_session:write claims:board_session:decide claims:board_result:write "
    "claims:evidence_request:decide "
    "claims:undelivered:decide claims:letter:read claims:complaint:read claims:complaint:write claims:complaint:decide "
    "claims:appeal:read claims:appeal:write claims:appeal:decide "
    "claims:figure:read claims:figure:write claims:figures:decide claims:referral_offer:read "
    "claims:medical_authorisation:read claims:medical_authorisation:decide "
    "claims:medical_bill:read claims:medical_bill:review claims:medical_bill:decide "
    "benefits:payee:release benefits:position:read benefits:repayment:read benefits:repayment:write "
    "benefits:repayment:release "
    "benefits:suspension:write benefits:suspension:decide benefits:certificate:write benefits:certificate:decide "
    "benefits:acting_party:write benefits:acting_party:decide benefits:increase:write benefits:increase:read "
    "benefits:increase:decide benefits:payee_death:decide benefits:party_statement:read benefits:task:read "
    "benefits:task:write "
    "rehab:referral:read rehab:referral:write rehab:centre:read rehab:bill:read rehab:bill:review rehab:bill:decide "
    "rehab:task:read rehab:task:write jobs:seeker:read jobs:seeker:write jobs:placement:read "
    "registration:read_log:read claims:read_log:read benefits:read_log:read rehab:read_log:read jobs:read_log:read "
    "claims:audit:read claims:audit:write benefits:audit:read benefits:audit:write"
)
EMPLOYER_SCOPES = (
    "registration:person:write registration:person:read registration:spell:write registration:spell:read "
    "registration:skbbk:read registration:skbbk:write registration:cover:read "
    "registration:contribution_file:write registration:contribution_file:read registration:refund:read "
    "registration:refund:write claims:notice:write claims:notice:read registration:person:correct "
    "registration:ssfw:issue registration:ssfw:read registration:contribution:read registration:event:write "
    "registration:event:read claims:event:write claims:event:read registration:account:read "
    "registration:interest_waiver:write registration:employer:state registration:employer:read "
    "registration:enforcement:read registration:assessment_objection:write "
    "claims:complaint:read claims:complaint:write"
)
HOSPITAL_SCOPES = (
    "registration:cover_inquiry:write claims:notice:write claims:notice:read rehab:bill:write rehab:bill:read "
    "claims:event:write claims:event:read "
    "claims:medical_authorisation:read claims:medical_authorisation:write "
    "claims:medical_bill:read claims:medical_bill:write claims:letter:read"
)
# A person reads and reports what is about that very person.
PERSON_SCOPES = (
    "registration:skbbk:read registration:skbbk:write registration:cover:read registration:me:read "
    "registration:contribution:read claims:notice:write claims:notice:read claims:claim:read "
    "claims:board_case:read claims:board_case:write claims:appeal:read claims:appeal:write "
    "registration:person:read registration:person:correct registration:ssfw:read "
    "registration:erasure:read registration:erasure:write benefits:me:read benefits:certificate:write "
    "benefits:receipt_consent:write "
    "claims:letter:read claims:message_preference:write claims:complaint:read claims:complaint:write "
    "claims:referral_offer:read claims:referral_offer:write "
    "claims:medical_authorisation:read claims:medical_bill:read claims:medical_bill:write "
    "registration:read_log:read claims:read_log:read benefits:read_log:read rehab:read_log:read jobs:read_log:read"
)
# For what data of people is read, where nothing else is said.
PURPOSE = "claim"
# Servers close a connection that was idle for 5 s; one that is used again in that very instant breaks.
KEPT_SECONDS = 2.0
# Longer than whatever is asked with one token: a trial of the bench has a minute of requests made beforehand.
LIFE_LEFT_SECONDS = 120


class HttpClient:
    """Speaks to every service as whichever party the story needs; keeps tokens while they live."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._http = httpx.AsyncClient(timeout=30, limits=httpx.Limits(keepalive_expiry=KEPT_SECONDS))
        self._clients: dict[str, tuple[str, str, str]] = {
            "organisation:1": ("officer", secret(state, "client-officer"), OFFICER_SCOPES),
            "hospital:1": ("hospital", secret(state, "client-hospital"), HOSPITAL_SCOPES),
        }
        self._tokens: dict[str, tuple[str, float]] = {}

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        party: str,
        headers: Mapping[str, str] | None = None,
        subject: str = "",
        **content: Any,
    ) -> httpx.Response:
        """Send a request with a token of that party, or of the officer who is named, and a fresh idempotency key."""
        own = {
            "authorization": f"Bearer {await self.token(subject or party)}",
            "idempotency-key": str(new_id()),
            "purpose": PURPOSE,
        }
        address = address_of(self._state, f"{service}-api")
        return await self._http.request(method, address + path, headers={**own, **(headers or {})}, **content)

    async def admit(self, party: str, *, client_id: str = "", scopes: str = "") -> None:
        """Make a client for an employer or a person, as the organisation does when it lets one in.

        One with a name of its own is made once: its secret is kept with those of the installation.
        """
        scopes = scopes or (PERSON_SCOPES if party.startswith("person:") else EMPLOYER_SCOPES)
        name = client_id or party.replace(":", "-")
        kept = self._state.secrets / f"client-{name}"
        if client_id and kept.exists():
            self._clients[party] = (name, kept.read_text(), scopes)
            return
        told = await self._made(name, party, "partner", scopes.split())
        if client_id:
            replace(kept, told)
        self._clients[party] = (name, told, scopes)

    async def appoint(self, name: str) -> None:
        """Make a client of its own for an officer, who is then named as the subject of a request; once for each."""
        kept = self._state.secrets / f"client-{name}"
        if not kept.exists():
            replace(kept, await self._made(name, "organisation:1", "officer", ["*"]))
        self._clients[name] = (name, kept.read_text(), OFFICER_SCOPES)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def token(self, party: str) -> str:
        """A token of that party, or of the officer who is named, with two minutes left of its life."""
        token, ends = self._tokens.get(party, ("", 0.0))
        if time.monotonic() > ends - LIFE_LEFT_SECONDS:
            client_id, client_secret, scopes = self._clients[party]
            form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
            issuer = address_of(self._state, "token-issuer")
            answer = await self._http.post(f"{issuer}/token", data={**form, "scope": scopes})
            answer.raise_for_status()
            token = answer.json()["access_token"]
            self._tokens[party] = (token, time.monotonic() + answer.json()["expires_in"])
        return token

    async def _made(self, client_id: str, party: str, role: str, scopes: list[str]) -> str:
        """The secret of a client that the token issuer makes."""
        issuer = address_of(self._state, "token-issuer")
        admin = {"authorization": f"Bearer {secret(self._state, 'token-admin')}"}
        body = {"client_id": client_id, "party": party, "role": role, "scopes": scopes}
        answer = await self._http.post(f"{issuer}/clients", json=body, headers=admin)
        answer.raise_for_status()
        told: str = answer.json()["client_secret"]
        return told
