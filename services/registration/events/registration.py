"""Topic ``registration``: events stated from what is stored, alike when it happens and when it is republished."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.registration.domain.assessment import AssessedLine, Assessment, Objection
from services.registration.domain.contribution import AMOUNTS
from services.registration.domain.cover_payment import CoverPayment
from services.registration.domain.employer import Employer
from services.registration.domain.enforcement import Compound, Inspection, InspectionState, Notice, Payment
from services.registration.domain.membership import CategoryPeriod
from services.registration.domain.person import PublicFacts
from services.registration.domain.person_merge import PersonMerge
from services.registration.domain.relation import Relation
from services.registration.domain.scheme_registration import SchemeRegistration
from services.registration.domain.skbbk import Statement
from services.registration.domain.spell import Spell
from services.registration.storage.memberships import KeptMembership
from services.registration.storage.opening_rows import TakenSpell
from shared.contracts.registration import (
    AssessedLineV1,
    AssessmentStatedV1,
    CompoundPaymentV1,
    CompoundStatedV1,
    CoverPaymentV1,
    EmployerRegisteredV1,
    EnforcementNoticeStatedV1,
    InspectionStatedV1,
    MembershipChangedV1,
    MembershipPeriodV1,
    MembershipStatementV1,
    ObjectionV1,
    PeopleTakenOverV1,
    PersonHeldV1,
    PersonMergedV1,
    PersonMergeEvent,
    PersonRegisteredV1,
    PersonSplitV1,
    RelationEndedV1,
    RelationEvent,
    RelationStatedV1,
    Residence,
    SchemeCoverStatedV1,
    SchemeRegistrationV1,
    SpellConfirmedV1,
    SpellEndedV1,
    SpellEvent,
    SpellStartedV1,
)

# So that an event has some hundred kilobytes at most: names have a few tokens, memberships a few periods.
PEOPLE_IN_AN_EVENT = 250
# Events of a piece of an opening file are numbered from here on.
OF_A_PIECE = 1_000


class _AsDocuments(PeopleTakenOverV1):
    """The same event of parts that are documents: our own, which were checked when they were stored.

    To make a model of each of millions takes longer than all else that is done with them in Python.
    """

    persons: tuple[Any, ...] = ()
    spells: tuple[Any, ...] = ()
    memberships: tuple[Any, ...] = ()


def person_registered(person: PublicFacts) -> PersonRegisteredV1:
    """A person, with tokens in place of the name."""
    return PersonRegisteredV1(
        person=person.number,
        revision=person.revision,
        id_tokens=person.id_tokens,
        born_on=person.born_on,
        residence=Residence(person.residence),
        registered_at=person.registered_at,
        name_tokens=person.name_tokens,
        residence_since=person.residence_since,
        died_on=person.died_on,
        pass_ended_on=person.pass_ended_on,
        says_pass=True,
    )


def employer_registered(employer: Employer) -> EmployerRegisteredV1:
    """An employer, without a name."""
    return EmployerRegisteredV1(
        employer=employer.number,
        revision=employer.revision,
        registered_at=employer.registered_at,
        code=employer.code,
        state=employer.state,
        sector=employer.sector,
        ended_on=employer.ended_on,
    )


def spell_started(spell: Spell) -> SpellStartedV1:
    """An open spell."""
    return SpellStartedV1(**_whole(spell))


def spell_ended(spell: Spell) -> SpellEndedV1:
    """A spell with its last day."""
    return SpellEndedV1(**_whole(spell))


def spell_confirmed(spell: Spell) -> SpellConfirmedV1:
    """A spell that a contribution has proved; its last day too, if it has one."""
    return SpellConfirmedV1(**_whole(spell), wage_sen=spell.confirmed_wage)


def spell_carried_to(spell: Spell, other: int) -> SpellEvent:
    """The same of one that a split found to be another one's, and that is refused for it."""
    return spell_as_it_stands(spell).model_copy(update={"carried_to": other})


def spell_carried_from(spell: Spell, other: Spell) -> SpellEvent:
    """The same of what that one counts for now."""
    return spell_as_it_stands(spell).model_copy(update={"carried_from": other.id})


def spell_as_it_stands(spell: Spell) -> SpellEvent:
    """One event that states all that is known of a spell."""
    if spell.confirmed is not None:
        return spell_confirmed(spell)
    return spell_started(spell) if spell.ended_on is None else spell_ended(spell)


def membership_changed(
    person: int, scheme: str, revision: int, periods: Sequence[CategoryPeriod], statements: Sequence[Statement]
) -> MembershipChangedV1:
    """A whole membership."""
    return MembershipChangedV1(
        person=person,
        scheme=scheme,
        revision=revision,
        periods=tuple(MembershipPeriodV1(category=p.category, first=p.first, last=p.last) for p in periods),
        statements=tuple(map(_stated, statements)),
    )


def relation_as_it_stands(relation: Relation) -> RelationEvent:
    """One event that states all that is known of a family relation, without a name."""
    event = RelationStatedV1 if relation.runs else RelationEndedV1
    return event(
        relation=relation.id,
        person=relation.person,
        relative=relation.relative,
        relative_born_on=None if relation.named is None else relation.named.born_on,
        kind=relation.kind.value,
        revision=relation.revision,
        first_on=relation.first,
        last_on=relation.last,
        withdrawn=relation.withdrawn,
    )


def people_taken_over(
    file: UUID,
    piece: int,
    at: datetime,
    persons: Sequence[PublicFacts] = (),
    spells: Sequence[TakenSpell] = (),
    memberships: Sequence[KeptMembership] = (),
) -> Iterator[PeopleTakenOverV1]:
    """What a piece brought, in chunks."""
    told = [("persons", _person_taken_over(each)) for each in persons]
    told_spells = [("spells", _spell_taken_over(each)) for each in spells]
    told_memberships = [("memberships", _membership_taken_over(each)) for each in memberships]
    everything = [*told, *told_spells, *told_memberships]
    for chunk, first in enumerate(range(0, len(everything), PEOPLE_IN_AN_EVENT), start=piece * OF_A_PIECE):
        parts: dict[str, list[Any]] = {"persons": [], "spells": [], "memberships": []}
        for name, part in everything[first : first + PEOPLE_IN_AN_EVENT]:
            parts[name].append(part)
        yield _AsDocuments(file=file, chunk=chunk, taken_at=at, **{n: tuple(each) for n, each in parts.items()})


def merge_as_it_stands(merge: PersonMerge) -> PersonMergeEvent:
    """One event that states how a number of a person stands to the one that survives."""
    if merge.held_until is not None:
        kind: type[PersonMergeEvent] = PersonHeldV1
    else:
        kind = PersonMergedV1 if merge.merged else PersonSplitV1
    return kind(
        person=merge.person,
        survivor=merge.survivor,
        revision=merge.revision,
        merged=merge.merged,
        held_until=merge.held_until,
        changed_at=merge.changed_at,
    )


def _stated(statement: Statement) -> MembershipStatementV1:
    return MembershipStatementV1(
        kind=statement.kind.value,
        filed_on=statement.filed_on,
        stated_at=statement.stated_at,
        stated_by=statement.stated_by,
        person=statement.person,
    )


def _whole(spell: Spell) -> dict[str, Any]:
    return {
        "spell": spell.id,
        "person": spell.person,
        "employer": spell.employer,
        "revision": spell.revision,
        "started_on": spell.started_on,
        "ended_on": spell.ended_on,
        "confirmed_month": None if spell.confirmed is None else str(spell.confirmed),
        "stated_on": spell.stated_on,
        "verified": spell.verified,
        "refused": spell.refused,
        "end_stated_on": spell.end_stated_on,
        "end_verified": spell.end_verified,
        "kind_of_work": spell.work.kind,
        "spouse_of_employer": spell.work.spouse,
        "allowance_sen": spell.work.allowance,
    }


def _person_taken_over(person: PublicFacts) -> dict[str, Any]:
    days = {
        "died_on": person.died_on,
        "pass_ended_on": person.pass_ended_on,
        "residence_since": person.residence_since,
    }
    return {
        "person": person.number,
        "revision": person.revision,
        "id_tokens": person.id_tokens,
        "born_on": person.born_on,
        "residence": person.residence,
        "name_tokens": person.name_tokens,
        **{name: day for name, day in days.items() if day is not None},
    }


def _spell_taken_over(spell: TakenSpell) -> dict[str, Any]:
    ended_on = {} if spell.ended_on is None else {"ended_on": spell.ended_on}
    return {
        "spell": spell.id,
        "person": spell.person,
        "employer": spell.employer,
        "revision": spell.revision,
        "started_on": spell.started_on,
        **ended_on,
        "stated_on": spell.stated_on,
    }


def inspection_stated(said: Inspection) -> InspectionStatedV1:
    """An inspection, which is planned once and reported once."""
    return InspectionStatedV1(
        inspection=said.id,
        employer=said.employer,
        revision=1 if said.state is InspectionState.PLANNED else 2,
        stated_at=said.stated_at,
        state=said.state.value,
        reason=said.reason.value,
        planned_for=said.planned_for,
        held_on=said.held_on,
        findings=tuple(each.value for each in said.findings),
        evidence=said.evidence,
        reported_at=said.reported_at,
    )


def notice_stated(said: Notice) -> EnforcementNoticeStatedV1:
    """A follow-up notice."""
    return EnforcementNoticeStatedV1(
        notice=said.id,
        demand=said.demand.value,
        given_on=said.given_on,
        answer_by=said.answer_by,
        law=said.law,
        **_of_matter(said),
    )


def assessment_stated(said: Assessment, lines: Sequence[AssessedLine]) -> AssessmentStatedV1:
    """An assessment, with all of its lines."""
    return AssessmentStatedV1(
        assessment=said.id,
        object_by=said.object_by,
        known_on=said.known_on,
        law=said.law,
        lines=tuple(map(_assessed_line, lines)),
        objection=None if said.objection is None else _objection(said.objection),
        **_of_matter(said),
    )


def compound_stated(said: Compound, payments: Sequence[Payment]) -> CompoundStatedV1:
    """A compound, with what was paid of it."""
    return CompoundStatedV1(
        compound=said.id,
        reference=said.number,
        offence=said.offence.value,
        amount_sen=said.amount_sen,
        law=said.law,
        offered_on=said.offered_on,
        pay_by=said.pay_by,
        lapsed_at=said.lapsed_at,
        paid_late=said.paid_late,
        payments=tuple(map(_payment, payments)),
        returned_sen=said.returned_sen,
        decided_for=said.decided_for,
        **_of_matter(said),
    )


def scheme_cover_stated(
    person: int,
    scheme: str,
    activity: str,
    revision: int,
    registrations: Sequence[SchemeRegistration],
    payments: Sequence[CoverPayment],
) -> SchemeCoverStatedV1:
    """All that is stated of an activity of a number."""
    ends = [each.last_on for each in registrations]
    return SchemeCoverStatedV1(
        person=person,
        scheme=scheme,
        activity=activity,
        revision=revision,
        registrations=tuple(map(_scheme_registration, registrations)),
        payments=tuple(map(_cover_payment, payments)),
        ended_on=None if None in ends else max((each for each in ends if each is not None), default=None),
    )


def _scheme_registration(said: SchemeRegistration) -> SchemeRegistrationV1:
    return SchemeRegistrationV1(
        registration=said.id,
        stated_by=said.tenant,
        stated_at=said.recorded_at,
        first_on=said.first_on,
        last_on=said.last_on,
        plan=said.choice.plan,
        earning_sen=said.choice.earning_sen,
    )


def _cover_payment(paid: CoverPayment) -> CoverPaymentV1:
    return CoverPaymentV1(
        payment=paid.id,
        registration=paid.registration,
        stated_by=paid.tenant,
        payer=paid.payer,
        channel=paid.channel.value,
        paid_at=paid.paid_at,
        reported_at=paid.reported_at,
        begins_at=paid.begins_at,
        months=paid.months,
        amount_sen=paid.amount_sen,
        earning_sen=paid.income_sen,
        plan=paid.choice.plan,
        chosen_earning_sen=paid.choice.earning_sen,
        state=paid.state.value,
        revision=paid.revision,
    )


def _assessed_line(line: AssessedLine) -> AssessedLineV1:
    due = {name: getattr(line.amounts, name) for name in AMOUNTS}
    return AssessedLineV1(month=str(line.month), person=line.person, wage_sen=line.wage_sen, **due)


def _of_matter(said: Notice | Assessment | Compound) -> dict[str, Any]:
    """What is stated alike of each that officers decide."""
    return {
        "employer": said.employer,
        "revision": said.revision,
        "stated_at": said.stated_at,
        "inspection": said.inspection,
        "state": said.state.value,
        "evidence": said.evidence,
        "decided_at": said.decided_at,
    }


def _objection(said: Objection) -> ObjectionV1:
    return ObjectionV1(reason=said.reason.value, evidence=said.evidence, stated_by=said.source, objected_at=said.at)


def _payment(paid: Payment) -> CompoundPaymentV1:
    return CompoundPaymentV1(
        credit=paid.credit, amount_sen=paid.amount_sen, banked_on=paid.banked_on, taken_back=paid.is_taken_back
    )


def _membership_taken_over(kept: KeptMembership) -> dict[str, Any]:
    return {
        "person": kept.person,
        "scheme": kept.scheme,
        "revision": kept.revision,
        "periods": [_period_taken_over(each) for each in kept.periods],
        "statements": [_stated(each).model_dump(exclude_none=True) for each in kept.statements],
    }


def _period_taken_over(each: CategoryPeriod) -> dict[str, Any]:
    last = {} if each.last is None else {"last": each.last}
    return {"category": str(each.category), "first": each.first, **last}
