"""All that a claim is assessed on, read in one statement: as one instant has it, and in one round trip."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.domain.claim import Claim
from services.claims.domain.collectors.collector import CONTRIBUTIONS, REGISTRATION
from services.claims.domain.evidence_request import AskedBefore
from services.claims.storage.claims import LISTENS_TO, payload_of_assessment
from services.claims.storage.evidence import OF_CLAIM, OfClaim, stated_of
from services.claims.storage.evidence_requests import OF_CLAIM as REQUESTS
from services.claims.storage.evidence_requests import asked_of
from services.claims.storage.known_persons import KNOWN, KnownPerson, known_person_of
from shared.messaging.consumer_store import COMPLETE_UNTIL, IS_ANY_PARKED

_OF_PERSON = "ARRAY (SELECT 'person:' || number FROM unnest(numbers_of(:person)) AS number)"
# Of whoever employed the person; an employment that an officer refused counts for nothing.
_OF_EMPLOYERS = """ARRAY (SELECT 'employer:' || employer FROM known_spell
                         WHERE person = ANY (CAST((SELECT numbers_of(:person)) AS bigint[])) AND NOT refused)"""
# What a watermark vouches for is in what the same statement reads.
_READ = text(f"""
    SELECT CASE WHEN NOT ({IS_ANY_PARKED.format(topic=":registration", keys=_OF_PERSON)})
                THEN ({COMPLETE_UNTIL.format(topic=":registration")}) END AS registered,
           CASE WHEN NOT ({IS_ANY_PARKED.format(topic=":contributions", keys=_OF_EMPLOYERS)})
                THEN ({COMPLETE_UNTIL.format(topic=":contributions")}) END AS contributed,
           (SELECT known_state FROM claim WHERE id = :claim) AS assessed_on,
           ({LISTENS_TO}) AS listens_to,
           ARRAY (SELECT question FROM decision CROSS JOIN unnest(decision.records) AS listed (hash)
                                       JOIN record ON record.claim = decision.claim AND record.hash = listed.hash
                  WHERE decision.claim = :claim AND decision.revision = :revision) AS answered,
           EXISTS (SELECT FROM recalled_decision WHERE claim = :claim) AS is_recalled,
           (EXISTS (SELECT FROM medical_authorisation
                    WHERE person = ANY (CAST((SELECT numbers_of(:person)) AS bigint[])))
            OR EXISTS (SELECT FROM medical_bill
                       WHERE person = ANY (CAST((SELECT numbers_of(:person)) AS bigint[])))) AS is_treated,
           {KNOWN}, {OF_CLAIM}, {REQUESTS}
""")  # noqa: S608 - nothing that came from outside stands in it


@dataclass(frozen=True)
class FactsRead:
    """What is known of a claim, its person and its evidence; ``answered`` are the questions that its decision answers.

    ``watermarks`` say up to when topics have arrived, of which none holds back something of the person's.
    ``assessed_on`` is the fingerprint of what the claim was assessed on last, ``listens_to`` are the subjects to which
    it was left to listen, ``is_recalled``: what was published of it was once more than its database knew.
    ``requests`` are what parties were asked for. ``is_treated``: a hospital asked about the person, or billed it.
    """

    watermarks: Mapping[str, datetime]
    person: KnownPerson
    stated: OfClaim
    answered: frozenset[str]
    assessed_on: bytes | None
    listens_to: frozenset[str]
    is_recalled: bool
    requests: tuple[AskedBefore, ...]
    is_treated: bool


class FactRepository:
    """Reads the facts of a claim inside one transaction, which holds the claim and its person."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, claim: Claim, until: date) -> FactsRead:
        """The facts of a claim whose person is known; of wages those of months that begin by a day."""
        values = {
            "claim": claim.id,
            "payload": payload_of_assessment(claim.id),
            "person": claim.insured,
            "revision": claim.revision,
            "until": until,
            "registration": REGISTRATION,
            "contributions": CONTRIBUTIONS,
        }
        row = (await self._connection.execute(_READ, values)).one()
        arrived = {REGISTRATION: row.registered, CONTRIBUTIONS: row.contributed}
        return FactsRead(
            {topic: at for topic, at in arrived.items() if at is not None},
            known_person_of(claim.insured, row),
            stated_of(row),
            frozenset(row.answered),
            row.assessed_on,
            frozenset(row.listens_to or ()),
            row.is_recalled,
            asked_of(row.requests),
            row.is_treated,
        )
