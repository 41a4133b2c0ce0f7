"""What is left of statements that were corrected or withdrawn: by whom one may be changed, and what a change undoes."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from services.claims.domain.evidence import BY_TWO_OFFICERS, Evidence, EvidenceKind, EvidenceStanding


def with_changes(
    stated: Sequence[Evidence], approved: Container[UUID | None]
) -> tuple[list[Evidence], list[Evidence], dict[UUID, EvidenceStanding]]:
    """The statements after corrections and withdrawals, those of these that wait for a person, and what is gone.

    A document is withdrawn, or another one sent in its place, by whose it is: nothing that is owed rests on it alone.
    """
    by_id = {each.id: each for each in stated}
    gone: dict[UUID, EvidenceStanding] = {}
    current: dict[UUID, Evidence] = {}
    # What took the place of a statement: it is found by the id of each that it came after.
    newest: dict[UUID, UUID] = {}
    # What each change that waits would change: a statement, or another change that waits.
    waiting: dict[UUID, UUID] = {}
    for each in stated:
        if each.about is None:
            current[each.id] = each
            continue
        if each.kind is EvidenceKind.APPROVAL:
            continue
        target = current.get(_last(_last(each.about, waiting), newest))
        if each.about in waiting:
            if not _may_take_back(each, by_id[each.about], approved):
                waiting[each.id] = each.about
                continue
            del waiting[each.about]
            gone[each.about] = _gone_by(each)
            _supersede(each.about, waiting, gone)
            if each.kind is EvidenceKind.WITHDRAWAL:
                # A correction that nobody has looked at is taken back.
                continue
        if target is None:
            gone[each.id] = EvidenceStanding.WITHOUT_EFFECT
            continue
        is_own = target.kind is EvidenceKind.DOCUMENT and each.tenant == target.tenant
        if not (is_own or each.id in approved or _may_change(each, target, current.values(), approved)):
            waiting[each.id] = target.id
            continue
        del current[target.id]
        gone[target.id] = _gone_by(each)
        _supersede(target.id, waiting, gone)
        newest[target.id] = each.id
        if each.kind is not EvidenceKind.WITHDRAWAL:
            current[each.id] = replace(each, late=target.late)
    return list(current.values()), [by_id[each] for each in waiting], gone


def about_findings(stated: Sequence[Evidence]) -> set[UUID]:
    """What officers found, and whatever was said of it since.

    A party may have corrected itself any number of times: each statement's first one is looked for once.
    """
    by_id = {each.id: each for each in stated}
    first: dict[UUID, Evidence] = {}
    for each in stated:
        at, later = each, []
        while at.id not in first and at.about in by_id:
            later.append(at.id)
            at = by_id[at.about]
        first |= dict.fromkeys([*later, at.id], first.get(at.id, at))
    return {each for each, began in first.items() if began.kind is EvidenceKind.FINDING}


def _supersede(changed: UUID, waiting: dict[UUID, UUID], gone: dict[UUID, EvidenceStanding]) -> None:
    """What else waited for a word on it has had that word."""
    for change in [each for each, would_change in waiting.items() if would_change == changed]:
        del waiting[change]
        gone[change] = EvidenceStanding.SUPERSEDED
        _supersede(change, waiting, gone)


def _gone_by(change: Evidence) -> EvidenceStanding:
    """How what was changed stands."""
    withdrawn = change.kind is EvidenceKind.WITHDRAWAL
    return EvidenceStanding.WITHDRAWN if withdrawn else EvidenceStanding.SUPERSEDED


def _last(statement: UUID, newest: Mapping[UUID, UUID]) -> UUID:
    while statement in newest:
        statement = newest[statement]
    return statement


def _may_take_back(change: Evidence, waits: Evidence, approved: Container[UUID | None]) -> bool:
    """Whether a change that waits may be changed itself: by its party; another party's not by one officer alone."""
    return change.id in approved or not change.by_one_officer or waits.by_one_officer


def _may_change(
    change: Evidence, target: Evidence, current: Collection[Evidence], approved: Container[UUID | None]
) -> bool:
    """By the party that stated it as long as nobody disputes it; by officers what none of them has let count.

    What is withdrawn by now disputes nothing, nor does who states the same days. What waits for a person does: the
    change might take away what that person is about to let count. What one officer stated does once it is let count.
    """
    if change.by_one_officer:
        return target.by_one_officer and target.id not in approved
    if target.id in approved and (change.is_of_oneself or target.kind in BY_TWO_OFFICERS):
        return False
    if change.kind is EvidenceKind.CIRCUMSTANCES:
        # They decide which scheme pays: whoever says them otherwise than before is looked at.
        return False
    if target.kind is EvidenceKind.CHOICE:
        # The first one is the application, from which the benefit is owed.
        return False
    disputed = any(
        other.tenant != target.tenant
        and other.kind == target.kind
        and target.stated_at <= other.stated_at
        and other.states != target.states
        and (other.id in approved or not other.by_one_officer)
        for other in current
    )
    return change.tenant == target.tenant and not disputed
