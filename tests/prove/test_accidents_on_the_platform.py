"""300 generated accidents through the whole platform, judged by the oracle; `tests/oracle` says which and how.

Registration has the people, employments, categories, taking part in SKBBK and wages; claims decides from what arrives
over Kafka; what is owed is read where it ends, in benefits, with the fund that bears it. ``ACCIDENTS_THROUGH`` says how
many, ``SEED`` which.
"""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest

from deploy.local.story import until
from shared.kernel.funds import Fund
from shared.kernel.periods import Days
from shared.law.decision import DecisionRecord
from tests.oracle.adapter import BENEFIT, REASONS, SKBBK, Decided, Decision, Owed, cited
from tests.oracle.comparison import differences
from tests.oracle.table import Judgement, Outcome, Reason, Verdict, judged
from tests.prove.bringing import Bringing, Brought, to_bring
from tests.prove.conftest import Show
from tests.prove.invariants import left_beside
from tests.prove.officers import Officers, appointed
from tests.prove.partner import Partner
from tests.prove.platform_fixture import PlatformFixture

COUNT, SEED = int(os.environ.get("ACCIDENTS_THROUGH", "300")), int(os.environ.get("SEED", "1"))
INJURY = "employment_injury"
FUNDS = {BENEFIT: Fund.EMPLOYMENT_INJURY.value, SKBBK: Fund.NON_EMPLOYMENT_INJURY.value}
OUTCOMES = {"entitled": Outcome.OWED, "found": Outcome.OWED, "refused": Outcome.REFUSED, "officer": Outcome.OFFICER}
SAID = 10

_WAGES = "SELECT count(*) FROM known_wage WHERE person = ANY ($1)"
_PEOPLE = "SELECT count(*) FROM known_person WHERE person = ANY ($1)"
_SPELLS = "SELECT count(*) FROM known_spell WHERE person = ANY ($1)"
_UNIDENTIFIED = "SELECT count(*) FROM claim WHERE id = ANY ($1) AND relation IS NULL"
# Claims that have not been asked, or whose answer waits for what is on its way.
_UNANSWERED = """
    SELECT count(*) FROM unnest($1::uuid[]) AS brought (claim)
    WHERE NOT EXISTS (SELECT FROM question WHERE question.claim = brought.claim)
       OR EXISTS (SELECT FROM question WHERE question.claim = brought.claim AND state = 'awaiting')
       OR EXISTS (SELECT FROM due_work WHERE payload = '{"claim":"' || brought.claim || '"}' AND due_at <= now())
"""
_UNSETTLED = "SELECT count(*) FROM due_work WHERE failed IS NULL AND due_at <= now() AND kind = 'settle_entitlement'"
_REVISIONS = "SELECT id, revision FROM claim WHERE id = ANY ($1) AND revision > 0"
_TAKEN = "SELECT claim, revision FROM assessment WHERE claim = ANY ($1)"
_QUESTIONS = """
    SELECT question.claim, question.question, state, reason, stands.body FROM question LEFT JOIN LATERAL (
        SELECT body FROM decision JOIN record ON record.claim = decision.claim AND record.hash = ANY (records)
        WHERE decision.claim = question.claim AND record.question = question.question ORDER BY revision DESC LIMIT 1
    ) AS stands ON true WHERE question.claim = ANY ($1)
"""
_TERMS = """
    SELECT claim, benefit, fund, per, sen, first_day, last_day
    FROM entitlement JOIN entitlement_term USING (claim, scheme, benefit, party) WHERE claim = ANY ($1)
"""


@pytest.mark.timeout(900)
async def test_accidents_are_decided_and_owed_as_the_oracle_says(platform: PlatformFixture, show: Show) -> None:
    accidents = to_bring(SEED, COUNT)
    async with left_beside(platform):
        client = Partner(Officers(platform.state, await appointed(platform.state)))
        bringing = Bringing(client)
        await bringing.bring(accidents)
        await until_known(platform, accidents)
        await bringing.report(accidents)
        await until_identified(platform, accidents)
        await bringing.find(accidents)
        await until_answered(platform, accidents)
        decided = await read(platform, accidents)
        await client.close()
    wrong: list[tuple[str, Brought]] = []
    outcomes: Counter[tuple[Outcome, Outcome]] = Counter()
    for each in accidents:
        judgement = judged(each.accident)
        outcomes[judgement.employment_injury.outcome, judgement.non_employment_injury.outcome] += 1
        wrong += [(said, each) for said in differences(judgement, decided_of(judgement, decided[UUID(each.claim)]))]
    show("employment injury|SKBBK|accidents", [(*each, number) for each, number in outcomes.most_common()])
    assert wrong == [], "\n".join(f"{said}: {each}" for said, each in wrong[:SAID])
    assert outcomes[Outcome.OFFICER, Outcome.OWED] >= COUNT // 100
    assert outcomes[Outcome.REFUSED, Outcome.OWED] >= COUNT // 100


async def until_known(platform: PlatformFixture, accidents: Sequence[Brought]) -> None:
    """Wait until claims knows all that registration was told."""
    persons = [each.number for each in accidents]
    wanted = {
        _PEOPLE: len(accidents),
        _SPELLS: sum(len(each.accident.spells) for each in accidents),
        _WAGES: sum(len(each.accident.wages) for each in accidents),
    }

    async def known() -> dict[str, int]:
        return {query: (await platform.fetch("claims", query, persons))[0][0] for query in wanted}

    await until(known, lambda found: found == wanted, "claims' knowledge of all people and wages")


async def until_identified(platform: PlatformFixture, accidents: Sequence[Brought]) -> None:
    """Wait until each notice counts: what is found of one that does not is refused."""
    claims = [UUID(each.claim) for each in accidents]

    async def left() -> int:
        number: int = (await platform.fetch("claims", _UNIDENTIFIED, claims))[0][0]
        return number

    await until(left, lambda number: number == 0, "whose each claim is")


async def until_answered(platform: PlatformFixture, accidents: Sequence[Brought]) -> None:
    """Wait until every question is answered or with a person, and benefits has what stands."""
    claims = [UUID(each.claim) for each in accidents]

    async def left() -> int:
        unanswered: int = (await platform.fetch("claims", _UNANSWERED, claims))[0][0]
        unanswered += (await platform.fetch("benefits", _UNSETTLED))[0][0]
        revisions = {tuple(row) for row in await platform.fetch("claims", _REVISIONS, claims)}
        return unanswered + len(revisions ^ {tuple(row) for row in await platform.fetch("benefits", _TAKEN, claims)})

    await until(left, lambda number: number == 0, "the answers to all questions")


class Read:
    """What the services' databases have of one claim: its questions, and the terms that benefits owes."""

    def __init__(self) -> None:
        self.questions: dict[str, Mapping[str, Any]] = {}
        self.terms: dict[str, list[Owed]] = {}


async def read(platform: PlatformFixture, accidents: Sequence[Brought]) -> dict[UUID, Read]:
    """What stands of every claim; raises AssertionError where something is not owed from its fund and by the day."""
    claims = [UUID(each.claim) for each in accidents]
    found = {claim: Read() for claim in claims}
    for row in await platform.fetch("claims", _QUESTIONS, claims):
        found[row["claim"]].questions[row["question"]] = dict(row)
    for row in await platform.fetch("benefits", _TERMS, claims):
        assert (row["per"], row["fund"]) == ("day", FUNDS[row["benefit"]]), tuple(row)
        owed = Owed(Days(row["first_day"], row["last_day"]), row["sen"])
        found[row["claim"]].terms.setdefault(row["benefit"], []).append(owed)
    return found


def decided_of(judgement: Judgement, read: Read) -> Decided:
    """The decisions on both benefits, as the oracle compares them."""
    injury, owed = read.questions[INJURY], read.questions[BENEFIT]
    # Of what is no employment injury, the answer that says why is that to the question before.
    is_about = owed if injury["state"] == "found" or REASONS.get(owed["reason"]) is Reason.STATED_LATE else injury
    first = _decision(is_about, judgement.employment_injury, read.terms.get(BENEFIT, []))
    skbbk = read.questions.get(SKBBK)
    if skbbk is None:
        assert injury["state"] == "found", "SKBBK was not asked for what is no employment injury"
        return Decided(first, Decision(Outcome.REFUSED, Reason.AROSE_OUT_OF_EMPLOYMENT, ("s.2(14A)",)))
    return Decided(first, _decision(skbbk, judgement.non_employment_injury, read.terms.get(SKBBK, [])))


def _decision(question: Mapping[str, Any], verdict: Verdict, terms: Sequence[Owed]) -> Decision:
    outcome = OUTCOMES[question["state"]]
    ordered = tuple(sorted(terms, key=lambda each: each.days.first))
    if outcome is Outcome.OFFICER:
        # No record stands of what waits for a person: there is nothing that could cite.
        return Decision(outcome, REASONS[question["reason"]], verdict.rows[0].cites, ordered)
    record = DecisionRecord(bytes(question["body"]))
    reason = Reason.NONE if outcome is Outcome.OWED else REASONS[record.body["reason"]]
    return Decision(outcome, reason, cited(record, outcome), ordered)
