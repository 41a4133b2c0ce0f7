"""Which days the certificates of an accident certify: what a final one ends, and what comes after it (Act 4 s.22)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.kernel.periods import Days, joined
from shared.law.act4.temporary_disablement.rules import certified_days
from shared.law.book import LawOn
from shared.law.rule import rule


@dataclass(frozen=True, slots=True)
class Certificate:
    """A doctor's certificate: the days of unfitness, or, for a final one, the first day of fitness."""

    issued_on: date
    days: Days | None = None
    fit_from: date | None = None


@dataclass(frozen=True)
class CertifiedTime:
    """The certified days that count; those of them that follow a final certificate; and those that contradict one."""

    days: tuple[Days, ...]
    relapses: tuple[Days, ...] = ()
    contradicting: tuple[Days, ...] = ()


@dataclass
class _Episode:
    """Certificates up to a final one; ``late`` were issued after it and begin before the first day of fitness."""

    days: list[Days] = field(default_factory=list)
    late: list[Days] = field(default_factory=list)
    fit_from: date | None = None


@rule("2013-01-01")
def certified_time(certificates: Sequence[Certificate], happened_on: date, law: LawOn) -> CertifiedTime:
    """A final certificate ends earlier ones only; one that is issued later, for days of unfitness, is a relapse.

    A relapse has the same accident, the same rate and no new four days (`assumed`). A later certificate that begins
    before the first day of fitness and goes on beyond it contradicts the final one: these days wait for a person.
    """
    first, *later = _episodes(certificates)
    found = certified_days(first.days, happened_on, first.fit_from, law)
    if first.fit_from is None:
        # Nothing comes after a final certificate where there is none.
        return CertifiedTime(found)
    relapses = joined(
        part for episode in later for part in certified_days(episode.days, happened_on, episode.fit_from, law)
    )
    contradicting = [part for episode in (first, *later) for part in _beyond(episode, happened_on)]
    if relapses and not law.says("act4.temporary_disablement.relapse_counts"):
        contradicting, relapses = [*contradicting, *relapses], ()
    return CertifiedTime(joined((*found, *relapses)), relapses, joined(contradicting))


def _episodes(certificates: Sequence[Certificate]) -> list[_Episode]:
    episodes = [_Episode()]
    # Of one day's certificates the final one says the last word.
    for each in sorted(certificates, key=lambda each: (each.issued_on, each.fit_from is not None)):
        current = episodes[-1]
        if each.days is not None and current.fit_from is not None and each.days.first >= current.fit_from:
            current = _Episode()
            episodes.append(current)
        if each.days is not None:
            current.days.append(each.days)
            current.late += [] if current.fit_from is None else [each.days]
        if each.fit_from is not None:
            current.fit_from = each.fit_from
    return episodes


def _beyond(episode: _Episode, happened_on: date) -> list[Days]:
    """The days of late certificates from the first day of fitness on."""
    if episode.fit_from is None:
        return []
    since = Days(max(episode.fit_from, happened_on), date.max)
    return [part for days in episode.late if (part := days.intersect(since)) is not None]
