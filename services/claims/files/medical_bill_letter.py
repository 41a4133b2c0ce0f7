"""Letters about a medical bill, to whoever sent it: line by line what is paid, what is not and why, and how to
dispute that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.claims.domain import subjects
from services.claims.domain.medical_bill import TO_BE_SENT_AGAIN, Line, LineFinding, MedicalBill, SettledLine
from services.claims.domain.medical_settling import law_of_reason
from services.claims.files.letter_words import ORDERS
from services.claims.files.medical_bill_words import BILL_WORDS, FOUND, WHY_NOT
from shared.kernel.clock import business_day
from shared.kernel.money import ringgit
from shared.law import malay
from shared.law.act4.boards.rules import last_day_at_the_appellate_board
from shared.law.book import book
from shared.law.decision import DecisionRecord
from shared.law.determination import explained
from shared.letters.letter import LANGUAGES, Language, Letter, LetterKind, Said, Section
from shared.letters.words import day

_LINES = "lines"
_TOLD_ON = "told_on"


@dataclass(frozen=True)
class BillToTell:
    """A bill as it stands on a day, the records of its lines by hash, and the letter of before to its sender."""

    bill: MedicalBill
    records: Mapping[str, DecisionRecord]
    today: date
    before: Letter | None = None

    @property
    def lines(self) -> list[tuple[Line, SettledLine]]:
        """Each line as it was said last, and as it stands."""
        return list(zip(self.bill.newest.lines, self.bill.lines, strict=True))

    @property
    def is_asked(self) -> bool:
        """Whether its sender is asked to send it again."""
        return self.bill.reason == TO_BE_SENT_AGAIN

    @property
    def told(self) -> Mapping[str, Any]:
        """What the letter of before said of each line, by its number."""
        found: Mapping[str, Any] = {} if self.before is None else self.before.says.get(_LINES, {})
        return found


def medical_bill_letter(tell: BillToTell) -> Letter | None:
    """The letter to its sender; None where the letter of before says the same, or something of the bill waits."""
    if not (tell.bill.is_final or tell.is_asked):
        return None
    says: dict[str, Any] = {"asked": TO_BE_SENT_AGAIN} if tell.is_asked else {_LINES: dict(_says(tell))}
    if tell.before is not None and tell.before.says == says:
        return None
    said = _asked if tell.is_asked else _said
    return Letter(
        kind=_kind(tell),
        about=subjects.medical_bill(tell.bill.id),
        revision=tell.bill.revision,
        party=tell.bill.tenant,
        reference=str(tell.bill.id),
        dated=tell.today,
        said={language: said(tell, language) for language in LANGUAGES},
        says=says,
    )


def told_on(letter: Letter | None, line: int) -> date | None:
    """Since when a party has been told how a line stands; None where no letter says it."""
    said = {} if letter is None else letter.says.get(_LINES, {}).get(str(line), {})
    return date.fromisoformat(said[_TOLD_ON]) if _TOLD_ON in said else None


def _kind(tell: BillToTell) -> LetterKind:
    if tell.is_asked:
        return LetterKind.EVIDENCE_REQUEST
    if tell.told:
        return LetterKind.REVISION
    return LetterKind.AWARD if any(each.paid_sen for each in tell.bill.lines) else LetterKind.REFUSAL


def _says(tell: BillToTell) -> Iterator[tuple[str, dict[str, Any]]]:
    for line, stands in tell.lines:
        review = _review_of(tell.bill, stands)
        told = {
            "line": f"{line.treated_on} {line.item} {line.quantity} {line.ward_class} {line.billed_sen}",
            "paid_sen": stands.paid_sen,
            "refused_sen": dict(stands.refused),
            "reviewed": None if review is None or review.at is None else review.at.isoformat(),
        }
        before = tell.told.get(str(stands.number), {})
        is_alike = {k: v for k, v in before.items() if k != _TOLD_ON} == told
        yield str(stands.number), told | {_TOLD_ON: before[_TOLD_ON] if is_alike else tell.today.isoformat()}


def _said(tell: BillToTell, language: Language) -> Said:
    words, bill = BILL_WORDS[language], tell.bill
    refused = sum(sum(each.refused.values()) for each in bill.lines)
    sums = {
        "billed": ringgit(sum(each.billed_sen for each in bill.lines)),
        "paid": ringgit(sum(each.paid_sen for each in bill.lines)),
        "refused": ringgit(refused),
    }
    sent_on = day(business_day(bill.sent_at), language)
    opening = [words["opening"].format(number=bill.number, day=sent_on, **sums)]
    if tell.told:
        opening.append(words["again"])
    sections = [_line(tell, line, stands, language) for line, stands in tell.lines]
    if refused:
        sections.append(_disputing(tell, language))
    title = words["title again" if tell.told else "title"].format(number=bill.number)
    return Said(title, tuple(opening), tuple(sections))


def _asked(tell: BillToTell, language: Language) -> Said:
    words, bill = BILL_WORDS[language], tell.bill
    sent_on = day(business_day(bill.sent_at), language)
    section = Section(words["what to do"], (words["how asked"].format(bill=bill.id),))
    opening = words["asked"].format(number=bill.number, day=sent_on)
    return Said(words["title asked"].format(number=bill.number), (opening,), (section,))


def _line(tell: BillToTell, line: Line, stands: SettledLine, language: Language) -> Section:
    words = BILL_WORDS[language]
    rows = [(words["billed"], f"RM{ringgit(line.billed_sen)}"), (words["paid"], f"RM{ringgit(stands.paid_sen)}")]
    for reason, sen in stands.refused.items():
        why = {"reason": WHY_NOT[reason][language], "law": _cited(law_of_reason(reason), language)}
        rows.append((words["not paid"].format(**why), f"RM{ringgit(sen)}"))
    heading = words["line"].format(line=stands.number, item=line.item, day=day(line.treated_on, language))
    lines = (*_reasons(tell, stands, language), *_who_decided(tell, stands, language))
    return Section(heading, lines, tuple(rows))


def _reasons(tell: BillToTell, stands: SettledLine, language: Language) -> tuple[str, ...]:
    """The tests and workings of its record, with Act and section."""
    record = tell.records.get(stands.asked or "")
    if record is None:
        return ()
    steps = len(record.body["tests"]) + len(record.body["amounts"])
    return tuple(explained(record, language)[1 : 1 + steps])


def _who_decided(tell: BillToTell, stands: SettledLine, language: Language) -> Iterator[str]:
    """The rule, the officers or the forum, and who looked at it once more."""
    words, record = BILL_WORDS[language], tell.records.get(stands.asked or "")
    found = tell.bill.found_of(stands.number).standing
    yield from (_officers("by officers", each, language) for each in found if each.order is None)
    for each in found:
        if each.order is not None:
            order = ORDERS[each.order.forum][language].format(reference=each.order.reference)
            yield words["by order"].format(order=order)
    if record is not None:
        law = day(date.fromisoformat(record.body["days"]["in_force_on"]), language)
        yield words["by rule"].format(kind=record.body["kind"], version=record.body["version"], law=law)
    review = _review_of(tell.bill, stands)
    if review is not None:
        yield _officers("reviewed", review, language)


def _officers(wording: str, found: LineFinding, language: Language) -> str:
    first, second = ("", "") if found.officers is None else found.officers.both
    on = "" if found.at is None else day(business_day(found.at), language)
    what = FOUND[found.found][language].format(instrument=found.instrument or "")
    return BILL_WORDS[language][wording].format(first=first, second=second, day=on, found=what)


def _review_of(bill: MedicalBill, stands: SettledLine) -> LineFinding | None:
    """What two officers found of a line that its sender disputed."""
    asked = bill.disputed(stands.number)
    return None if asked is None else bill.answer_to(asked, stands.number)


def _disputing(tell: BillToTell, language: Language) -> Section:
    words, law = BILL_WORDS[language], book().on(tell.today, tell.today)
    if tell.bill.is_of_person:
        last = day(last_day_at_the_appellate_board(tell.today, law), language)
        how = words["appeal"].format(day=last, bill=tell.bill.id)
    else:
        how = words["dispute"].format(days=law.days("act4.medical.dispute_days"), bill=tell.bill.id)
    return Section(words["how to dispute"], (how, words["correct"]))


def _cited(citation: str, language: Language) -> str:
    return malay.citation(citation) if language == "ms" else citation
