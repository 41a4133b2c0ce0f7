"""Admit a partner to the platform on this machine, or dismiss it: its client for REST, and its topics on Kafka.

Each secret is told once, when it is made. Whoever is admitted already is told nothing, and nothing of it changes.
"""

import asyncio
from collections.abc import Coroutine, Mapping

import httpx
from aiokafka.errors import KafkaError
from rich.console import Console

from deploy.local.client import EMPLOYER_SCOPES, HOSPITAL_SCOPES
from deploy.local.errors import LauncherError
from deploy.local.plan import Plan, make_plan, remembered_ports
from deploy.local.ports import LOOPBACK
from deploy.local.state import State, address_of, secret
from deploy.local.token_keys import ADMIN_SECRET
from deploy.partner_access import admit_to_kafka, dismiss_from_kafka
from shared.contracts.partner_topics import PartnerTopics
from shared.contracts.topics import physical
from shared.kernel.errors import JaringError
from shared.kernel.identifiers import employer_number

SCOPES: Mapping[str, str] = {"employer": EMPLOYER_SCOPES, "hospital": HOSPITAL_SCOPES}
ALREADY = "# made before: its secret was told then"


def admit(state: State, console: Console, partner: str, scopes: str = "") -> None:
    """Make what is missing of a partner's access, and tell each secret that is made now.

    Raises:
        LauncherError: this names no partner, its kind needs scopes, or something does not answer.
    """
    party = party_of(partner)
    kind = party.partition(":")[0]
    if not (scopes or kind in SCOPES):
        raise LauncherError(f"Say which scopes a {kind} has (SCOPES=...); known are: {', '.join(SCOPES)}")
    _with_reasons(_admitted(state, console, party, (scopes or SCOPES[kind]).split()))


def dismiss(state: State, console: Console, partner: str) -> None:
    """Take a partner's client, name, secret and grants away; the same of one that was not admitted.

    Raises:
        LauncherError: this names no partner, or something does not answer.
    """
    party = party_of(partner)
    _with_reasons(_dismissed(state, party))
    console.print(f"{party} may do nothing any more; its last token ends within ten minutes. Its topics stay.")


def party_of(partner: str) -> str:
    """The party of an employer's public number (E000000012X), or as it was said (hospital:1).

    Raises:
        LauncherError: it is neither.
    """
    try:
        named = partner if ":" in partner else f"employer:{employer_number(partner)}"
        return PartnerTopics.of(named).party
    except (ValueError, JaringError):
        raise LauncherError("Name the partner: PARTNER=E000000012X, employer:12 or hospital:1") from None


async def _admitted(state: State, console: Console, party: str, scopes: list[str]) -> None:
    topics = PartnerTopics.of(party)
    by_kafka = await admitted_to_topics(state, party)
    by_rest = await _client_made(state, topics.name, party, scopes)
    told = {
        "TOKEN_URL": f"{address_of(state, 'token-issuer')}/token",
        "CLIENT_ID": topics.name,
        "CLIENT_SECRET": by_rest or ALREADY,
        "REGISTRATION": address_of(state, "registration-api"),
        "CLAIMS": address_of(state, "claims-api"),
        **by_kafka,
    }
    console.print("\n".join(f"{name}={value}" for name, value in told.items()), markup=False)


async def admitted_to_topics(state: State, party: str) -> dict[str, str]:
    """Make what is missing of a partner's access to Kafka; what it is told of it."""
    plan, topics = make_plan(state, remembered_ports(state)), PartnerTopics.of(party)
    made = await admit_to_kafka(plan.kafka, party, plan.topic_prefix)
    return {
        "KAFKA": _partners_address(plan),
        "KAFKA_USER": physical(topics.name, plan.topic_prefix),
        "KAFKA_SECRET": made or ALREADY,
        "KAFKA_EVENTS": physical(topics.events, plan.topic_prefix),
        "KAFKA_ANSWERS": physical(topics.answers, plan.topic_prefix),
    }


async def _dismissed(state: State, party: str) -> None:
    plan = make_plan(state, remembered_ports(state))
    await dismiss_from_kafka(plan.kafka, party, plan.topic_prefix)
    async with _issuer(state) as issuer:
        answer = await issuer.delete(f"/clients/{PartnerTopics.of(party).name}")
        answer.raise_for_status()


async def _client_made(state: State, client_id: str, party: str, scopes: list[str]) -> str | None:
    """The secret of the client, None where there is one already."""
    async with _issuer(state) as issuer:
        body = {"client_id": client_id, "party": party, "role": "partner", "scopes": scopes}
        answer = await issuer.post("/clients", json=body)
        if answer.status_code == httpx.codes.CONFLICT:
            return None
        answer.raise_for_status()
        made: str = answer.json()["client_secret"]
        return made


def _issuer(state: State) -> httpx.AsyncClient:
    administrator = {"authorization": f"Bearer {secret(state, ADMIN_SECRET)}"}
    return httpx.AsyncClient(base_url=address_of(state, "token-issuer"), headers=administrator, timeout=30)


def _partners_address(plan: Plan) -> str:
    return f"{LOOPBACK}:{plan.ports['kafka-partners']}" if plan.own_kafka else "as the operator of Kafka says"


def _with_reasons(doing: Coroutine[None, None, None]) -> None:
    try:
        asyncio.run(doing)
    except (RuntimeError, OSError, httpx.HTTPError, KafkaError) as reason:
        raise LauncherError(f"It was not done, or in part: {reason}. Repeat it when that is mended") from reason
