"""What each verb of a life does: the requests, events and decisions of officers by which it comes about in a world."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.claims.consumers import contribution_received, registration
from shared.contracts.envelope import Event
from shared.contracts.letter_told import LetterToldV1
from shared.contracts.rehab_discharged import FinalCertificateV1, PatientDischargedV1, RehabOutcome
from shared.kernel.clock import today
from shared.kernel.identifiers import new_id
from shared.kernel.money import sen_from_ringgit
from shared.persistence.law_entries import LAID_AFTER
from tests.lives import life as of_life
from tests.lives.life import HOSPITAL, OFFICER, Life, Step
from tests.lives.people import People
from tests.lives.world import FIRST, SECOND, STATES, Matter, Refused, Unplayable, World

# Members of requests that name somebody, and those that are money.
_PUBLIC = ("person", "similar_worker", "employer")
_PARTIES = ("payee", "holder")
_CLAIMS = ("claim", "caused_by")
_MONEY = ("paid", "tuition", "loan", "instalment", "earned", "former_average", "least", "wage", "amount", "price")
_TEXTS = ("found", "percent", "whole_person", "earlier")
_SCOPES = {
    "claims": [
        *("claims:notice:write", "claims:notice:read", "claims:claim:read", "claims:figure:write"),
        *("claims:board_case:read", "claims:board_case:write", "claims:board_session:read"),
        *("claims:board_session:write", "claims:board_result:write"),
        *("claims:medical_authorisation:read", "claims:medical_authorisation:write"),
        *("claims:medical_bill:read", "claims:medical_bill:write", "claims:medical_bill:review"),
    ],
    "benefits": [
        *("benefits:payee:write", "benefits:payee:release"),
        *(f"benefits:{what}:write" for what in ("suspension", "certificate", "acting_party", "increase")),
    ],
}
_ASKED = "SELECT DISTINCT matter FROM certificate_request WHERE party = $1"
_CLAIM = "SELECT coalesce(joined_to, id) FROM claim WHERE id = $1"
_DEATH = (
    "SELECT coalesce(joined_to, id) FROM claim WHERE kind = 'death' AND caused_by = $1 ORDER BY received_at LIMIT 1"
)
_WAITING = "SELECT id FROM claim WHERE id = $1 AND state = 'needs_officer' AND reason = 'notice_to_be_confirmed'"


@dataclass
class Acts:
    """The acts of one life in a world: the claims that it names, and what it stated last of each benefit of a payee."""

    life: Life
    people: People
    world: World
    claims: dict[str, UUID] = field(default_factory=dict)
    last: dict[tuple[str, ...], str] = field(default_factory=dict)
    cases: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    admissions: dict[str, str] = field(default_factory=dict)
    bills: dict[str, str] = field(default_factory=dict)
    refused: list[of_life.BoardPart] = field(default_factory=list)
    """The boards that were refused when they were asked."""

    @property
    def matters(self) -> list[str]:
        """All that due work is about: its claims, admissions and bills."""
        return [*map(str, self.claims.values()), *self.admissions.values(), *self.bills.values()]

    async def take(self, step: Step) -> None:
        """One step; raises Unplayable where it comes to something else than the life says."""
        verb: Callable[[Any], Awaitable[None]] = getattr(self, "_told_of" if step.verb == "told" else f"_{step.verb}")
        try:
            await verb(step.what)
        except Refused as refused:
            if refused.code != step.refused:
                raise
            return
        if step.refused:
            raise Unplayable(f"it is done, and should have been refused: {step.refused}")

    async def publish(self, events: list[Event]) -> None:
        """Registration or contributions published these."""
        async with self.world.unit("claims") as uow:
            await registration.apply([each for each in events if isinstance(each, registration.Kept)], uow)
            await contribution_received.apply(events, uow)
        await self.world.work_off("claims")

    async def enter_account(self, name: str, **holder: Any) -> None:
        """One officer enters an account, another releases it; of a person's own first one no release is needed."""
        if name in self.people.persons and not holder:
            own = {"person": self.people.public(name), **self.people.account(name)}
            await self._told("benefits", "/v1/payees", own)
            return
        party = self.people.party(name)
        capacity = {"capacity": "own" if name in self.people.persons else "organisation"}
        body = {**self.people.account(holder.pop("by_account_of", name)), **capacity, **holder}
        path = f"/v1/parties/{party}/accounts"
        version = (await self._told("benefits", path, body))["version"]
        await self._told("benefits", f"{path}/{version}/releases", None, subject=SECOND)

    # Claims.

    async def _notice(self, said: of_life.NoticePart) -> None:
        body = self._resolved(said.rest)
        if said.by == HOSPITAL:
            body |= self.people.identity(said.of)
        else:
            body["person"] = self.people.public(said.of)
        told = await self._told("claims", "/v1/notices", body, by=said.by)
        claim = UUID(told["claim"])
        self.claims.setdefault(said.claim, claim)
        await self.world.work_off("claims")
        if said.by == OFFICER and said.confirmed:
            confirms = {"kind": "relation_shown", "person": self.people.public(said.of)}
            await self.world.decide("claims", Matter("identity", str(claim)), confirms)
        if said.death:
            self.claims.setdefault(said.death, await self.world.value("claims", _DEATH, claim))
            if said.by == OFFICER and said.confirmed:
                confirms = {"kind": "relation_shown", "person": self.people.public(said.of)}
                await self.world.decide("claims", Matter("identity", str(self.claims[said.death])), confirms)

    async def _state(self, said: of_life.StatePart) -> None:
        claim = await self._claim(said.claim)
        path = f"/v1/claims/{claim}/evidence"
        stated = await self._told("claims", path, self._resolved(said.rest), by=said.by)
        await self.world.work_off("claims")
        if said.by == OFFICER and not said.waits:
            await self._let(claim, stated["evidence"], is_finding="finding" in said.rest)

    async def _correct(self, said: of_life.CorrectPart) -> None:
        evidence = await self._evidence(said.claim, said.by, said.what)
        body: dict[str, Any] = {said.what: self._resolved(said.rest)}
        if said.what == "wages_paid":
            body = {"wages_paid_for": said.rest["days"]}
        await self._told("claims", f"/v1/evidence/{evidence}/correction", body, by=said.by)
        await self.world.work_off("claims")

    async def _withdraw(self, said: of_life.WithdrawPart) -> None:
        evidence = await self._evidence(said.claim, said.by, said.what)
        await self._told("claims", f"/v1/evidence/{evidence}/withdrawal", None, by=said.by)
        await self.world.work_off("claims")

    async def _let_count(self, said: of_life.LetCountPart) -> None:
        claim = await self._claim(said.claim)
        for each in await self._listed(claim):
            if each["standing"] == "waits":
                await self._let(claim, each["evidence"], is_finding=each["waits_because"] == "finding_waits")
                return
        raise Unplayable("nothing waits in the claim")

    async def _let(self, claim: UUID, evidence: str, *, is_finding: bool) -> None:
        queue, kind = ("doubt", "finding_counts") if is_finding else ("evidence", "evidence_counts")
        await self.world.decide("claims", Matter(queue, str(claim)), {"kind": kind, "evidence": evidence})

    async def _decide(self, said: of_life.DecidePart) -> None:
        about = self.bills[said.bill] if said.bill else str(await self._claim(said.claim))
        if said.queue == "board_case":
            about = [case for (claim, _), (case, _) in self.cases.items() if claim == said.claim][-1]
        says = self._resolved(said.says)
        await self.world.decide("claims", Matter(said.queue, about, said.reason), says)

    async def _discharge(self, said: of_life.DischargePart) -> None:
        final = FinalCertificateV1(certificate=new_id(), issued_on=said.issued_on, fit_from=said.fit_from)
        event = PatientDischargedV1(
            person=self.people.persons[said.of],
            referral=new_id(),
            claim=await self._claim(said.claim),
            revision=1,
            centre="MELAKA",
            discharged_on=said.issued_on,
            outcome=RehabOutcome.FIT_FOR_OTHER_WORK,
            final_certificate=final,
        )
        await self.world.claims.consume_batch([event])
        await self.world.work_off("claims")

    async def _stands(self, said: of_life.StandsPart) -> None:
        path = f"/v1/claims/{await self._claim(said.claim)}/questions"
        found = {each["question"]: (each["state"], each["reason"]) for each in await self._read("claims", path)}
        if found.get(said.question) != (said.state, said.reason):
            raise Unplayable(f"{said.question} stands as {found.get(said.question)}; the others: {found}")

    # Medical benefit: whoever bears it is asked at admission, and what was done is billed.

    async def _admit(self, said: of_life.AdmitPart) -> None:
        body = {**self.people.identity(said.of), **self._resolved(said.rest)}
        told = await self._told("claims", "/v1/medical-authorisations", body, by=said.by)
        self.admissions[said.admission] = told["authorisation"]
        await self.world.work_off("claims")
        path = f"/v1/medical-authorisations/{told['authorisation']}"
        joined = (await self._read("claims", path))["claim"]
        if said.claim and joined is not None:
            self.claims.setdefault(said.claim, UUID(joined))

    async def _bill(self, said: of_life.BillPart) -> None:
        path, lines = "/v1/medical-bills", [self._resolved({"quantity": 1, **line}) for line in said.lines]
        if said.corrects:
            path = f"{path}/{self.bills[said.bill]}/{'corrections' if lines else 'withdrawals'}"
            await self._told("claims", path, {"lines": lines} if lines else None, by=said.by)
        else:
            of: dict[str, Any] = {"bill_number": f"INV-{self.people.first}-{len(self.bills) + 1}"}
            if said.admission:
                of["authorisation"] = self.admissions[said.admission]
            else:
                of["claim"] = str(await self._claim(said.claim))
            self.bills[said.bill] = (await self._told("claims", path, {**of, "lines": lines}, by=said.by))["bill"]
        await self.world.work_off("claims")

    async def _look(self, said: of_life.LookPart) -> None:
        await self._told("claims", f"/v1/medical-bills/{self.bills[said.bill]}/reviews", {"line": said.line})
        await self.world.work_off("claims")

    async def _bill_stands(self, said: of_life.BillStandsPart) -> None:
        found = await self._read("claims", f"/v1/medical-bills/{self.bills[said.bill]}")
        sums = tuple(sen_from_ringgit(found[each]["amount"]) for each in ("paid", "refused", "waiting"))
        why = {found["reason"], *(each["reason"] for each in found["lines"])}
        why |= {part["reason"] for line in found["lines"] for part in line["refused"]}
        if sums != (said.paid, said.refused, said.waiting) or (said.reason and said.reason not in why):
            raise Unplayable(f"the bill stands as {sums} sen paid, refused and waiting, for {why}")

    # A board: what goes before it is done on the day on which it is asked.

    async def ask_board(self, step: Step) -> None:
        """The case is put, a session planned with its panel, and the person invited to it; or the board is refused."""
        said, day = step.board, step.day
        assert said is not None
        try:
            case = await self._case(said)
        except Refused as refused:
            if refused.code != step.refused:
                raise
            self.refused.append(said)
            return
        plan = {"board": said.board, "day": day.isoformat(), "place": "KL-1", "quota": 1}
        session = (await self._told("claims", "/v1/board-sessions", plan, subject=FIRST))["session"]
        chairman, *members = (f"doctor-{self.people.first + len(self.cases) * 3 + each}" for each in range(3))
        panel = {"chairman": chairman, "members": members}
        await self._told("claims", f"/v1/board-sessions/{session}/panels", panel, subject=FIRST)
        invited = {"case": case, "justified_by": None}
        if (day - said.asked).days < 14:
            invited["justified_by"] = "asked_by_person"
        await self._told("claims", f"/v1/board-sessions/{session}/invitations", invited, subject=FIRST)
        self.cases[said.claim, day.isoformat()] = (case, session)
        await self.world.work_off("claims")

    async def _case(self, said: of_life.BoardPart) -> str:
        """The case that is put; or that is open already, since the machine called it back or nobody came before."""
        claim = await self._claim(said.claim)
        try:
            put = {"question": said.question}
            return str((await self._told("claims", f"/v1/claims/{claim}/board-cases", put, by=said.by))["case"])
        except Refused as refused:
            if refused.code != "board_case_open":
                raise
        page = await self._read("claims", f"/v1/board-cases?claim={claim}&state=waiting")
        return next(str(each["case"]) for each in page["data"] if each["question"] == said.question)

    async def _board(self, said: of_life.BoardPart) -> None:
        if any(each is said for each in self.refused):
            raise Refused(next(step.refused for step in self.life.steps if step.board is said), "when it was asked")
        day = next(step.day for step in self.life.steps if step.board is said)
        case, session = self.cases[said.claim, day.isoformat()]
        chairman = f"doctor-{self.people.first + list(self.cases).index((said.claim, day.isoformat())) * 3}"
        await self._told("claims", f"/v1/board-cases/{case}/attendances", {"came": said.came}, subject=FIRST)
        if not said.came:
            # The case waits for another session; nothing is left of this one that could be closed.
            await self.world.work_off("claims")
            return
        found = self._resolved(said.found)
        await self._told("claims", f"/v1/board-cases/{case}/results", found, subject=chairman)
        closes = Matter("board_session", session, officers=(FIRST, chairman))
        await self.world.decide("claims", closes, {"kind": "session_closed"})

    # What registration and contributions publish later.

    async def _wages(self, said: of_life.WagesPart) -> None:
        await self.publish(list(self.people.contributed(said)))

    async def _employment(self, said: of_life.EmploymentPart) -> None:
        await self.publish([self.people.employed(said)])

    async def _membership(self, said: of_life.MembershipPart) -> None:
        await self.publish([self.people.member(said)])

    async def _dies(self, said: of_life.DiesPart) -> None:
        event = self.people.registered(said.of, said.died_on)
        for service in self.world.services.values():
            await service.consume_batch([event])
        await self.world.rest()

    # Benefits.

    async def _account(self, said: of_life.AccountPart) -> None:
        if not said.holder:
            await self.enter_account(said.of)
        else:
            holder = {"holder": self.people.party(said.holder), "capacity": said.capacity, "evidence": "PKSF17"}
            holder |= {} if said.until_on is None else {"until_on": said.until_on.isoformat()}
            await self.enter_account(said.of, by_account_of=said.holder, **holder)
        await self.world.rest()

    async def _suspend(self, said: of_life.SuspendPart) -> None:
        await self.world.rest()
        claim, payee = await self._claim(said.claim), self.people.party(said.payee)
        about = {"payee": payee, "claim": str(claim), "scheme": "act4", "benefit": said.benefit, "evidence": "S49-1"}
        body, key = {**about, **self._resolved(said.rest)}, ("suspension", payee, str(claim), said.benefit)
        if said.again:
            body["replaces"] = self.last[key]
        self.last[key] = (await self._told("benefits", "/v1/suspensions", body))["statement"]
        await self._counts("suspension", self.last[key], "suspension_counts")

    async def _certificate(self, said: of_life.OfPayeePart) -> None:
        await self._of_payee(said, "/v1/certificates", "certificate", {"evidence": self._document("R117", said)})

    async def _told_of(self, said: of_life.ToldPart) -> None:
        await self.world.rest()
        party, day = self.people.party(said.payee), today()
        asked = await self.world.rows("benefits", _ASKED, party)
        about: dict[str, Any] = {"kind": "certificate_due", "party": party, "told_on": day, "revision": 1}
        told = [LetterToldV1(letter=each["matter"], matter=each["matter"], **about) for each in asked]
        if not told:
            raise Unplayable(f"{said.payee} was asked for no certificate")
        await self.world.benefits.consume_batch(told)
        await self.world.rest()

    async def _student(self, said: of_life.OfPayeePart) -> None:
        await self._of_payee(said, "/v1/students", "student", {"evidence": self._document("R117A", said)})

    async def _acts_for(self, said: of_life.OfPayeePart) -> None:
        await self._of_payee(said, "/v1/acting-parties", "acting_party", {"evidence": self._document("PKSF17", said)})

    def _document(self, form: str, said: of_life.OfPayeePart) -> str:
        """The number of a document of its own: one that stands in somebody else's statement too is looked at."""
        return f"{form}-{self.people.public(said.payee)}"

    async def _of_payee(self, said: of_life.OfPayeePart, path: str, queue: str, body: dict[str, Any]) -> None:
        await self.world.rest()
        body = {**body, "payee": self.people.party(said.payee), **self._resolved(said.rest)}
        told = await self._told("benefits", path, body)
        kind = "acting_counts" if queue == "acting_party" else f"{queue}_counts"
        if not said.waits and told["counts"] is None:
            await self._counts(queue, told["statement"], kind)

    async def _increase(self, said: of_life.IncreasePart) -> None:
        await self.world.rest()
        told = await self._told("benefits", "/v1/increases", self._resolved(said.rest))
        await self._counts("increase_order", told["order"], "increase_counts")

    async def _counts(self, queue: str, about: str, kind: str) -> None:
        await self.world.work_off("benefits")
        await self.world.decide("benefits", Matter(queue, about), {"kind": kind})
        await self.world.rest()

    async def _figure(self, said: of_life.FigurePart) -> None:
        body = self._resolved(said.rest)
        told = await self._told("claims", f"/v1/figures/{body.pop('figure')}/entries", body)
        await self.world.work_off("claims")
        await self.world.decide("claims", Matter("figures", told["entry"]), {"kind": "figure_counts"})
        # Every process has the entry by then, and what looked the figure up is asked again.
        for _ in range(2):
            self.world.clock.advance(seconds=LAID_AFTER.total_seconds())
            await self.world.rest()

    # What is asked and answered.

    async def _claim(self, name: str) -> UUID:
        if name not in self.claims:
            raise Unplayable(f"no notice of this life has opened a claim {name}")
        found: UUID = await self.world.value("claims", _CLAIM, self.claims[name])
        return found

    async def _evidence(self, claim: str, by: str, kind: str) -> str:
        party = self.people.party(by)
        found = [
            each["evidence"]
            for each in await self._listed(await self._claim(claim))
            if each["stated_by"] == party and each["kind"] == kind and each["about"] is None
        ]
        if not found:
            raise Unplayable(f"{by} has stated no {kind} in the claim")
        return str(found[-1])

    async def _listed(self, claim: UUID) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self._read("claims", f"/v1/claims/{claim}/evidence")
        return found

    async def _read(self, service: str, path: str) -> Any:
        told = await self.world.services[service].call("GET", path, scopes=_SCOPES[service])
        if told.status_code != 200:
            raise Refused(told.json().get("code", ""), told.text)
        return told.json()

    async def _told(self, service: str, path: str, body: object, by: str = OFFICER, subject: str = STATES) -> Any:
        party = self.people.party(by)
        caller: dict[str, Any] = {"party": party, "role": "officer" if by == OFFICER else "partner"}
        if by == OFFICER:
            caller["subject"] = subject
        told = await self.world.services[service].call("POST", path, scopes=_SCOPES[service], json=body, **caller)
        if not told.is_success:
            raise Refused(told.json().get("code", ""), told.text)
        return told.json()

    def _resolved(self, stated: Mapping[str, Any]) -> dict[str, Any]:
        """The members of a request, with numbers in the place of names and money as the API writes it."""
        return {name: self._value(name, value) for name, value in stated.items()}

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self._resolved(value)
        if isinstance(value, list):
            return [self._value(name, each) for each in value]
        if name in _PUBLIC and value in {**self.people.persons, **self.people.employers}:
            return self.people.public(value)
        if name in _PARTIES:
            return self.people.party(value)
        if name in _CLAIMS and value in self.claims:
            return str(self.claims[value])
        if name in _MONEY:
            return {"amount": value, "currency": "MYR"}
        return str(value) if name in _TEXTS else value
