"""Certificates by which hospitals go on with days that count: these need no officer (decision 102)."""

from collections.abc import Collection, Container, Sequence
from datetime import date, timedelta

from services.claims.domain.evidence import Evidence, EvidenceKind
from shared.kernel.periods import Days

_DAY = timedelta(days=1)


def continuing(others: Collection[Evidence], counted: Collection[Evidence], doubted: Container[str]) -> list[Evidence]:
    """Of what others state beside what counts: a hospital's certificates without a gap behind days that count.

    Each may be gone on with itself, in whatever order they came. After a final certificate, or by a hospital in
    ``doubted``, none counts by itself.
    """
    certified = [each.days for each in counted if each.days is not None]
    finals = [each for each in counted if each.kind is EvidenceKind.FINAL_CERTIFICATE]
    found: list[Evidence] = []
    # Whatever certifies the day before a certificate begins no later than it.
    for each, days in sorted(_by_hospitals(others, doubted), key=lambda one: (one[1].first, one[0].id)):
        is_behind = any(before in of for of in certified for before in (days.first, days.first - _DAY))
        if is_behind and not any(_is_after(each, days, final) for final in finals):
            certified.append(days)
            found.append(each)
    return found


def doubted_by_officers(stated: Sequence[Evidence], approved: Container[object]) -> set[str]:
    """The hospitals of which two officers withdrew a certificate of this accident, or stated another in its place."""
    by_id = {each.id: each for each in stated}
    let = (each for each in stated if each.by_one_officer and each.id in approved)
    changed = (by_id[each.about] for each in let if each.about in by_id)
    return {each.tenant for each in changed if each.is_certificate and each.by_hospital}


def _by_hospitals(others: Collection[Evidence], doubted: Container[str]) -> list[tuple[Evidence, Days]]:
    of_days = ((each, each.days) for each in others if each.kind is EvidenceKind.CERTIFICATE and each.by_hospital)
    return [(each, days) for each, days in of_days if days is not None and each.tenant not in doubted]


def _is_after(each: Evidence, days: Days, final: Evidence) -> bool:
    """Whether it was issued after a final certificate, for days on which that one says the person was fit."""
    return _issued_on(each) > _issued_on(final) and final.fit_from is not None and days.last >= final.fit_from


def _issued_on(each: Evidence) -> date:
    return each.issued_on or each.stated_at.date()
