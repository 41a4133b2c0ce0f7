"""What is stated as owed: the newest revision of each claim, or of a payable, with all that it says."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import EntitlementKey, Term

# Of each the newest revision, whatever order they come in; in the order of the claims it waits for settlings of them.
_KEEP = text("""
    INSERT INTO assessment AS known (claim, person, revision, event, happened_on, decided_at, revision_hash, owner,
                                     source, superseded_by)
    SELECT * FROM unnest(CAST(:claims AS uuid[]), CAST(:persons AS bigint[]), CAST(:revisions AS integer[]),
                         CAST(:events AS text[]), CAST(:happened AS date[]), CAST(:decided AS timestamptz[]),
                         CAST(:hashes AS text[]), CAST(:owners AS text[]), CAST(:sources AS text[]),
                         CAST(:superseded AS uuid[]))
         AS told (claim, person, revision, event, happened_on, decided_at, revision_hash, owner, source, superseded_by)
    ORDER BY claim
    ON CONFLICT (claim) DO UPDATE SET person = excluded.person, revision = excluded.revision, event = excluded.event,
        happened_on = excluded.happened_on, decided_at = excluded.decided_at, revision_hash = excluded.revision_hash,
        superseded_by = excluded.superseded_by
    WHERE known.owner = excluded.owner AND known.source = excluded.source AND known.revision < excluded.revision
    RETURNING claim
""")
# What the revision before said goes, what this one says comes; what was granted under one before is overtaken, from
# this transaction on. It has written the rows of `assessment`: so it has waited for a settling of the same claims, and
# keeps others out. Hazard: the counts make the deletions come first, or their rows would refuse the new ones.
_REPLACE = text("""
    WITH owed AS (DELETE FROM entitlement WHERE claim = ANY(CAST(:claims AS uuid[])) RETURNING 1),
         terms AS (DELETE FROM entitlement_term WHERE claim = ANY(CAST(:claims AS uuid[])) RETURNING 1),
         refused AS (DELETE FROM refusal WHERE claim = ANY(CAST(:claims AS uuid[])) RETURNING 1),
         owing AS (
            INSERT INTO entitlement (claim, scheme, benefit, party, fund, law, decision_hash, provisional, whole_sen,
                                     average_sen)
            SELECT * FROM unnest(CAST(:owed_claims AS uuid[]), CAST(:owed_schemes AS text[]),
                                 CAST(:owed_benefits AS text[]), CAST(:owed_parties AS text[]),
                                 CAST(:owed_funds AS text[]), CAST(:owed_laws AS text[]),
                                 CAST(:owed_hashes AS text[]), CAST(:owed_provisional AS boolean[]),
                                 CAST(:owed_wholes AS bigint[]), CAST(:owed_averages AS bigint[]))
            WHERE (SELECT count(*) FROM owed) >= 0),
         stating AS (
            INSERT INTO entitlement_term (claim, scheme, benefit, party, number, direction, per, sen, first_day,
                                          last_day)
            SELECT * FROM unnest(CAST(:term_claims AS uuid[]), CAST(:term_schemes AS text[]),
                                 CAST(:term_benefits AS text[]), CAST(:term_parties AS text[]),
                                 CAST(:term_numbers AS integer[]), CAST(:term_directions AS text[]),
                                 CAST(:term_pers AS text[]), CAST(:term_sens AS bigint[]),
                                 CAST(:term_firsts AS date[]), CAST(:term_lasts AS date[]))
            WHERE (SELECT count(*) FROM terms) >= 0),
         refusing AS (
            INSERT INTO refusal (claim, scheme, benefit, reason, law, decision_hash)
            SELECT * FROM unnest(CAST(:refused_claims AS uuid[]), CAST(:refused_schemes AS text[]),
                                 CAST(:refused_benefits AS text[]), CAST(:refused_reasons AS text[]),
                                 CAST(:refused_laws AS text[]), CAST(:refused_hashes AS text[]))
            WHERE (SELECT count(*) FROM refused) >= 0)
    INSERT INTO overtaken (party, scheme, claim, benefit)
    SELECT party, scheme, claim, benefit
    FROM (SELECT party, scheme, claim, benefit FROM settlement WHERE claim = ANY(CAST(:claims AS uuid[]))
          UNION SELECT party, scheme, claim, benefit FROM payment
          WHERE claim = ANY(CAST(:claims AS uuid[]))) AS granted
    JOIN assessment USING (claim) LEFT JOIN settlement USING (claim, scheme, benefit, party)
    WHERE coalesce(settlement.revision, 0) < assessment.revision
    ON CONFLICT (party, scheme, claim, benefit) DO UPDATE SET is_looked_at = false
""")
_MUST_BE_OWN = text("SELECT claim, owner, source FROM assessment WHERE claim = ANY(CAST(:claims AS uuid[]))")
# Which column of a row each list of a statement holds.
_ASSESSMENT = {
    "claims": "claim",
    "persons": "person",
    "revisions": "revision",
    "events": "event",
    "happened": "happened_on",
    "decided": "decided_at",
    "hashes": "revision_hash",
    "owners": "owner",
    "sources": "source",
    "superseded": "superseded_by",
}
_OWED = {
    "owed_claims": "claim",
    "owed_schemes": "scheme",
    "owed_benefits": "benefit",
    "owed_parties": "party",
    "owed_funds": "fund",
    "owed_laws": "law",
    "owed_hashes": "decision_hash",
    "owed_provisional": "provisional",
    "owed_wholes": "whole_sen",
    "owed_averages": "average_sen",
}
_TERM = {
    "term_claims": "claim",
    "term_schemes": "scheme",
    "term_benefits": "benefit",
    "term_parties": "party",
    "term_numbers": "number",
    "term_directions": "direction",
    "term_pers": "per",
    "term_sens": "sen",
    "term_firsts": "first_day",
    "term_lasts": "last_day",
}
_REFUSED = {
    "refused_claims": "claim",
    "refused_schemes": "scheme",
    "refused_benefits": "benefit",
    "refused_reasons": "reason",
    "refused_laws": "law",
    "refused_hashes": "decision_hash",
}
# Of a term: what is owed to the party, or what the party pays back.
_OUT, _BACK = "out", "back"


@dataclass(frozen=True, slots=True)
class Decided:
    """One revision of a claim or payable as rows of the projection, the terms of what it owes, and of what of that is
    paid back."""

    assessment: Mapping[str, Any]
    entitlements: Sequence[Mapping[str, Any]] = ()
    terms: Mapping[EntitlementKey, Sequence[Term]] = field(default_factory=dict)
    refusals: Sequence[Mapping[str, Any]] = ()
    repayments: Mapping[EntitlementKey, Sequence[Term]] = field(default_factory=dict)


class StatedByAnother(RuntimeError):
    """What one owner states as owed has the id of what another does, or of its own under another source: somebody must
    look."""


class EntitlementProjection:
    """The projection of all that is stated as owed, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, decided: Sequence[Decided]) -> None:
        """Keep the newest revision of each with all that it says; an older or equal one changes nothing.

        ``decided`` holds each claim or payable once. Raises StatedByAnother.
        """
        in_order = sorted(decided, key=lambda each: str(each.assessment["claim"]))
        if not in_order:
            return
        told = _columns(_ASSESSMENT, [each.assessment for each in in_order])
        changed = set((await self._connection.execute(_KEEP, told)).scalars())
        await self._must_be_own({each.assessment["claim"]: _origin(each.assessment) for each in in_order}, changed)
        await self._replace([each for each in in_order if each.assessment["claim"] in changed], changed)

    async def _must_be_own(self, origins: Mapping[UUID, tuple[str, str]], changed: Collection[UUID]) -> None:
        unchanged = origins.keys() - changed
        if not unchanged:
            return
        for row in await self._connection.execute(_MUST_BE_OWN, {"claims": list(unchanged)}):
            if (known := (row.owner, row.source)) != (stated := origins[row.claim]):
                raise StatedByAnother(f"a {stated[1]} of {stated[0]} has the id of a {known[1]} of {known[0]}")

    async def _replace(self, decided: Sequence[Decided], claims: Collection[UUID]) -> None:
        if not claims:
            return
        stated = {
            "claims": sorted(claims),
            **_columns(_OWED, [row for each in decided for row in each.entitlements]),
            **_columns(_TERM, [row for each in decided for row in _terms_of(each)]),
            **_columns(_REFUSED, [row for each in decided for row in each.refusals]),
        }
        await self._connection.execute(_REPLACE, stated)


def _columns(names: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {plural: [row[name] for row in rows] for plural, name in names.items()}


def _origin(assessment: Mapping[str, Any]) -> tuple[str, str]:
    return assessment["owner"], assessment["source"]


def _terms_of(decided: Decided) -> Iterator[dict[str, Any]]:
    """The terms of both directions, numbered through."""
    for key, terms in decided.terms.items():
        directed = [(_OUT, term) for term in terms] + [(_BACK, term) for term in decided.repayments.get(key, ())]
        for number, (direction, term) in enumerate(directed):
            days = {"first_day": term.first, "last_day": term.last}
            stated = {"number": number, "direction": direction, "per": term.per, "sen": term.sen}
            yield {**asdict(key), **stated, **days}
