"""Days with wages that an employer was asked for, and stated in its time: these may need no officer (decision 102)."""

from collections.abc import Collection, Sequence

from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.evidence_request import BY_OFFICERS, NOTHING_HELD, AskedBefore, Item, times
from services.claims.domain.standing import Standing, WaitsBecause
from shared.kernel.periods import days_without
from shared.law.book import LawOn


def stated_in_time(
    evidence: Standing, stated: Sequence[Evidence], requests: Collection[AskedBefore], law: LawOn
) -> list[Evidence]:
    """Of what waits since it lowers: the first word of an employer that was asked for just this, before its time is
    over, also where it came before the question did.

    Who said that it holds nothing, or has said anything of the claim before, is looked at; so is a correction, and what
    would leave the person no day.
    """
    lowers = {each.evidence for each in evidence.pieces if each.because is WaitsBecause.LOWERS}
    return [
        each
        for each in stated
        if each.id in lowers
        and each.kind is EvidenceKind.WAGES_PAID
        and each.about is None
        and not _has_spoken(each.tenant, each, stated)
        and any(_is_in_time(each, asked, law) for asked in requests)
        and _leaves_a_day(each, evidence)
    ]


def _has_spoken(party: str, before: Evidence, stated: Sequence[Evidence]) -> bool:
    """Whether a party said anything before a statement; of one notice all is said at once, and a document says none."""
    own = (each for each in stated if each.tenant == party and each.kind is not EvidenceKind.DOCUMENT)
    return any(each.stated_at < before.stated_at for each in own)


def _is_in_time(each: Evidence, asked: AskedBefore, law: LawOn) -> bool:
    if (asked.party, asked.item) != (each.tenant, Item.DAYS_WITH_WAGES):
        return False
    _, due_at = times(asked.asked_at, law)
    return each.stated_at < due_at and asked.closed_for not in (NOTHING_HELD, BY_OFFICERS)


def _leaves_a_day(each: Evidence, evidence: Standing) -> bool:
    certified = [one.days for one in evidence.certificates if one.days is not None]
    return bool(days_without(certified, {*evidence.worked_with_wages, *each.wage_days}))
