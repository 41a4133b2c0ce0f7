"""Who may state what about whom: by what a sender speaks of a person, and what it is shown until that is known.

Whoever has no relation to a person learns nothing of the person, not even that there is one: a notice about somebody
unknown and a stranger's notice are shown alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from services.claims.domain.claim import Claim, ClaimKind, ClaimState, Relation
from services.claims.domain.facts import Spell
from shared.kernel.identifiers import party_number
from shared.kernel.periods import months_after
from shared.law.book import LawOn

NO_RELATION = "no_relation"
# Two officers found that the notice is nobody's: no fact asks them again, and one that shows the relation opens it.
RELATION_DENIED = "relation_denied"
# Reasons for which a person looks at a notice that has no relation.
TO_BE_SHOWN, NAME_DIFFERS, DEATH = "relation_to_be_shown", "name_differs", "death"
# An officer reported it: another one confirms it first.
TO_BE_CONFIRMED = "notice_to_be_confirmed"
# The employment that would show the relation was stated after the event: an officer verifies it or not.
STATED_LATE = "employment_stated_late"
IDENTITY_OVERDUE = "identity_overdue"


@dataclass(frozen=True)
class Named:
    """Whom a notice names, as registration published the person.

    ``number`` is the one that it states, ``numbers`` are all of the same person, of which ``person`` survives.
    ``name_agrees`` is None where the notice states no name, or none has been published.
    """

    person: int
    name_agrees: bool | None
    spells: tuple[Spell, ...]
    number: int | None = None
    numbers: tuple[int, ...] = ()


class Sight(StrEnum):
    """What of the decisions of a claim somebody reads."""

    RECORD = "record"
    """An officer: everything."""
    WORKINGS = "workings"
    """The person whom the claim is about: amounts and the whole explanation, which tells wages and employers."""
    AMOUNTS = "amounts"
    """Who employs or treats the person, or reported it as such: amounts and reasons."""
    OWN = "own"
    """Whose relation two officers were shown, or an officer refused: outcomes and reasons, and of the amounts what is
    owed to itself."""


def sight_of(claim: Claim, party: str, *, is_officer: bool) -> Sight:
    """What a party that may see the claim reads of its decisions."""
    if is_officer:
        return Sight.RECORD
    if claim.is_of(party):
        return Sight.WORKINGS
    return Sight.OWN if claim.relation in (Relation.SHOWN, Relation.REFUSED_EMPLOYER) else Sight.AMOUNTS


Rule = Callable[[Claim, Named, LawOn], Relation | None]


def relation_of(claim: Claim, named: Named, law: LawOn) -> Relation | None:
    """By what the sender of a notice may speak of the person; None as long as nothing shows it.

    An officer speaks of nobody alone: two of them open what one reported.
    """
    if named.name_agrees is False:
        # Its number may be another person's.
        return None
    kind, _, _ = claim.tenant.partition(":")
    rule = _RULES.get(kind)
    return None if rule is None else rule(claim, named, law)


def without_relation(claim: Claim, named: Named | None, *, is_complete: bool, is_overdue: bool) -> Claim:
    """How a notice stands whose sender has no relation so far; it ends when all has arrived that could show one."""
    if claim.reason == RELATION_DENIED:
        return claim
    if claim.by_officer and named is not None:
        return replace(claim, state=ClaimState.NEEDS_OFFICER, reason=TO_BE_CONFIRMED)
    if named is None:
        ended = is_complete and not claim.by_officer
        reason = IDENTITY_OVERDUE if is_overdue else _end(claim, None) if ended else None
        return replace(claim, state=ClaimState.AWAITING_IDENTITY, reason=reason)
    if not is_complete:
        return replace(claim, state=ClaimState.AWAITING_IDENTITY, reason=None)
    reason = _end(claim, named)
    return replace(claim, state=_state(reason), reason=reason)


def as_shown_to_partner(claim: Claim) -> Claim:
    """A claim as whoever is no officer may see it: without a relation, it is as if nobody were registered."""
    if claim.relation is not None:
        return claim
    if claim.reason is None:
        return replace(claim, state=ClaimState.AWAITING_IDENTITY)
    reason = _end(claim, None)
    return replace(claim, state=_state(reason), reason=reason)


def _end(claim: Claim, named: Named | None) -> str:
    """The reason with which a notice without a relation ends."""
    if claim.kind is ClaimKind.DEATH:
        # Anybody may say that somebody died. It pays nobody until a relation is shown.
        return DEATH
    if named is not None and named.name_agrees is False:
        return NAME_DIFFERS
    if named is not None and _is_stated_late(claim, named):
        return STATED_LATE
    return NO_RELATION if claim.capacity is None else TO_BE_SHOWN


def _state(reason: str) -> ClaimState:
    return ClaimState.NO_RELATION if reason == NO_RELATION else ClaimState.NEEDS_OFFICER


def _as_employer(claim: Claim, named: Named, law: LawOn) -> Relation | None:
    """The employer of a spell on the day; for a disease also one whom the person left not too long before.

    Whoever holds a national id and a name can state an employment, also after an accident: that one shows nothing.
    """
    own = [spell for spell in _own(claim, named) if spell.counts_for(claim.happened_on)]
    if any(spell.covers(claim.happened_on) for spell in own):
        return Relation.EMPLOYER
    ended = [spell.last for spell in own if spell.last is not None and spell.last < claim.happened_on]
    if claim.kind is not ClaimKind.DISEASE or not ended:
        return None
    months = law.months("act4.occupational_disease.months_after_leaving")
    return Relation.FORMER_EMPLOYER if months_after(max(ended), months) >= claim.happened_on else None


def _is_stated_late(claim: Claim, named: Named) -> bool:
    """Whether only an employment that was stated after the event speaks for an employer."""
    late = (spell for spell in _own(claim, named) if not spell.counts_for(claim.happened_on))
    return any(
        spell.covers(claim.happened_on) or (claim.kind is ClaimKind.DISEASE and spell.first <= claim.happened_on)
        for spell in late
    )


def _own(claim: Claim, named: Named) -> list[Spell]:
    """The spells of the employer that sends the notice; of no other sender is one."""
    kind, _, _ = claim.tenant.partition(":")
    return [spell for spell in named.spells if kind == "employer" and spell.employer == party_number(claim.tenant)]


def _as_hospital(_: Claim, named: Named, __: LawOn) -> Relation | None:
    """A hospital knows its patient by national id and by name; a number alone may be another patient's."""
    return Relation.HOSPITAL if named.name_agrees else None


def _as_person(claim: Claim, named: Named, _: LawOn) -> Relation | None:
    return Relation.PERSON if party_number(claim.tenant) in (named.person, *named.numbers) else None


_RULES: Mapping[str, Rule] = {"employer": _as_employer, "hospital": _as_hospital, "person": _as_person}
