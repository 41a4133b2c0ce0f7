"""Letters about a decision: what its records say, to each party what concerns it, in Malay and English."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from services.claims.domain import subjects
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import Claim, ClaimKind
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.paid import terms_paid
from services.claims.domain.question import Question
from services.claims.files.letter_words import KINDS_OF_EVIDENCE, ORDERS, WORDS, term_row
from shared.kernel.clock import business_day
from shared.kernel.identifiers import person_id
from shared.law.act4.boards.rules import last_day_at_the_appellate_board
from shared.law.book import book
from shared.law.decision import INSURED, DecisionRecord
from shared.law.determination import REFUSED, determination_of, explained
from shared.letters.letter import LANGUAGES, Language, Letter, LetterKind, Said, Section
from shared.letters.words import day

# What a medical board assesses has an appeal of its own.
_BY_A_BOARD = (EvidenceKind.PERMANENT_LOSS, EvidenceKind.INVALIDITY, EvidenceKind.ATTENDANCE)
_ENTITLED = "entitled"


@dataclass(frozen=True)
class Decided:
    """A decision that stands: its records in their order, and what is known of how it came about.

    ``notices`` are the claim and what joined it: each has its sender. ``pending``: whether a benefit of the claim is
    still open. ``counted``: each statement that two officers let count, with the word by which they did. ``before``:
    the newest letter to each party. ``is_referred``: whether whoever is refused is offered a referral.
    """

    claim: Claim
    notices: Sequence[Claim]
    revision: int
    decided_on: date
    records: Mapping[str, DecisionRecord]
    pending: bool
    counted: Sequence[tuple[Evidence, Evidence]]
    before: Mapping[str, Letter]
    is_referred: bool = False

    @property
    def insured(self) -> str:
        """The person whom the claim is about, as a party."""
        return f"person:{self.claim.stated_of}"

    @property
    def asked(self) -> Mapping[str, Question]:
        """The questions of its records, in order."""
        by_name = {each.name: each for each in questions_of(self.claim.kind)}
        return {name: by_name[name] for name in self.records if name in by_name}

    @cached_property
    def acting(self) -> tuple[str, ...]:
        """Who acts for the insured person, by whichever of its notices: nobody acts for the dead."""
        found = (each.acted_for_by for each in self.notices if each.kind is not ClaimKind.DEATH)
        return tuple(dict.fromkeys(each for each in found if each is not None))

    @cached_property
    def ended(self) -> frozenset[str]:
        """Whoever acted for somebody, and whose term has ended: it is told nothing more, whatever it was before."""
        return frozenset(each.tenant for each in self.notices if each.acting_ended)

    @cached_property
    def left_behind(self) -> tuple[str, ...]:
        """Of a death: who claims what is owed after it, and who was stated to be left behind, or to bear a cost."""
        if self.claim.kind is not ClaimKind.DEATH:
            return ()
        claims = (each.claimed_by for each in self.notices)
        stated = (party for name in self.asked for party in people_of(self.records[name]))
        return tuple(dict.fromkeys((*(each for each in claims if each is not None), *stated)))

    def hears_refusal(self, party: str, name: str) -> bool:
        """Whether a benefit that is refused concerns a party: it is its own, it claims it, or it was stated for it.

        Who reported a death and claims nothing, such as a hospital, reads nothing of the dead.
        """
        if self.claim.kind is not ClaimKind.DEATH:
            return self.whose(party) == self.insured
        return any(each.claimed_by == party for each in self.notices) or party in people_of(self.records[name])

    def whose(self, party: str) -> str:
        """Of whom a party is told: of itself, or of whom it acts for."""
        return self.insured if party in self.acting else party

    def party(self, named: str) -> str:
        """A party of a term, as the platform knows it."""
        return self.insured if named == INSURED else named


def letters_of(decided: Decided) -> list[Letter]:
    """A letter to each party to which something new is said.

    Nobody is told that nothing is owed while a benefit is pending: that is told once, when nothing of it can change
    by itself any more.
    """
    found = []
    for party in _parties(decided):
        before = decided.before.get(party)
        says = _says(decided, party, before)
        if says == (before.says if before else {}):
            continue
        found.append(_letter(decided, party, says, before))
    return found


def _parties(decided: Decided) -> list[str]:
    """Whom it concerns: those who are paid or told before, the person and who acts for it; of a death who is left."""
    paid = [
        decided.party(term["party"])
        for name, question in decided.asked.items()
        if question.owes
        for term in terms_paid(name, decided.records)
    ]
    own = () if decided.claim.kind is ClaimKind.DEATH else (decided.insured,)
    concerned = [*own, *decided.acting, *decided.left_behind, *paid]
    told_before = [party for party in decided.before if party not in decided.ended]
    return list(dict.fromkeys([*concerned, *told_before]))


def _says(decided: Decided, party: str, before: Letter | None) -> dict[str, Any]:
    """What is decided of each benefit that concerns a party: how, and on which terms.

    A refusal is told when nothing is pending, or that was told before.
    """
    found = {}
    told = {name for name, each in before.says.items() if each["outcome"] == REFUSED} if before else set()
    for name, question in decided.asked.items():
        if not question.owes:
            continue
        terms = [_plain(term) for term in _terms_of(decided, name, party)]
        is_refused = decided.records[name].body["outcome"] == REFUSED
        if terms:
            found[name] = {"outcome": _ENTITLED, "terms": terms}
        elif is_refused and (name in told or not decided.pending) and decided.hears_refusal(party, name):
            found[name] = {"outcome": REFUSED, "terms": []}
    return found


def _terms_of(decided: Decided, name: str, party: str) -> list[Mapping[str, Any]]:
    return [term for term in terms_paid(name, decided.records) if decided.party(term["party"]) == decided.whose(party)]


def _plain(term: Mapping[str, Any]) -> list[Any]:
    return [term["per"], term["sen"], term["first"], term.get("last")]


def _letter(decided: Decided, party: str, says: Mapping[str, Any], before: Letter | None) -> Letter:
    is_owed = any(each["outcome"] == _ENTITLED for each in says.values())
    first = LetterKind.AWARD if is_owed else LetterKind.REFUSAL
    kind = first if before is None else LetterKind.REVISION
    return Letter(
        kind=kind,
        about=subjects.claim(decided.claim.id),
        revision=decided.revision,
        party=party,
        reference=f"{decided.claim.id} / {decided.revision}",
        dated=decided.decided_on,
        said={language: _said(decided, party, says, before, kind, language) for language in LANGUAGES},
        says=says,
    )


def _said(
    decided: Decided, party: str, says: Mapping[str, Any], before: Letter | None, kind: LetterKind, language: Language
) -> Said:
    words = WORDS[language]
    event = words[f"event of {decided.claim.kind.value}"]
    opening = [words[f"opening {kind.value}"].format(event=event, day=day(decided.claim.happened_on, language))]
    if party in decided.acting:
        opening.insert(0, words["as representative"].format(person=person_id(decided.claim.stated_of)))
    if decided.pending:
        opening.append(words["pending"])
    sections = [_benefit(decided, name, party, language) for name in says]
    if before is not None:
        sections.insert(0, _changes(decided, says, before, language))
    sections += [_who_decided(decided, says, language), _appeal(decided, language)]
    if decided.is_referred and kind is LetterKind.REFUSAL:
        sections.append(Section(words["referral"], (words["referral offered"],)))
    if party == decided.insured and decided.claim.kind is not ClaimKind.DEATH:
        facts = [name for name, question in decided.asked.items() if not question.owes]
        sections += [_found(decided, name, language) for name in facts]
        sections.append(_figures(decided, [*says, *facts], language))
    return Said(words[f"title {kind.value}"], tuple(opening), tuple(sections))


def _benefit(decided: Decided, name: str, party: str, language: Language) -> Section:
    """A benefit: what is owed of it to the party, or that nothing is, and why, with Act and section at every step."""
    record, words = decided.records[name], WORDS[language]
    terms = _terms_of(decided, name, party)
    outcome = words["granted" if terms else "refused"]
    if terms and record.body.get("provisional"):
        outcome = f"{outcome}, {words['provisional']}"
    rows = [(words["decision"], outcome), *(term_row(_plain(term), language) for term in terms)]
    return Section(
        _title(decided, name, language), _reasons(record, language, whole=party == decided.insured), tuple(rows)
    )


def _found(decided: Decided, name: str, language: Language) -> Section:
    return Section(_title(decided, name, language), _reasons(decided.records[name], language, whole=False))


def _reasons(record: DecisionRecord, language: Language, *, whole: bool) -> tuple[str, ...]:
    """The tests of a record; to the person whom it is about all workings as well, which tell wages and employers."""
    if not record.is_of_this_format:
        return ()
    tests, amounts = len(record.body["tests"]), len(record.body["amounts"])
    return tuple(explained(record, language)[1 : 1 + tests + (amounts if whole else 0)])


def _figures(decided: Decided, names: Iterable[str], language: Language) -> Section:
    """The figures of the law that were read, each once: they stand last."""
    records = [decided.records[name] for name in names if decided.records[name].is_of_this_format]
    lines = [line for each in records for line in _last(explained(each, language), len(each.body["figures"]))]
    return Section(WORDS[language]["figures"], tuple(dict.fromkeys(lines)))


def _last(lines: Sequence[str], count: int) -> Sequence[str]:
    return lines[len(lines) - count :]


def _title(decided: Decided, name: str, language: Language) -> str:
    asked = decided.asked[name].asked
    return asked.title_ms if language == "ms" else asked.title


def _changes(decided: Decided, says: Mapping[str, Any], before: Letter, language: Language) -> Section:
    """Of each benefit that is decided otherwise than was told: what was told, and what holds now."""
    words = WORDS[language]
    lines = []
    for name in dict.fromkeys([*before.says, *says]):
        was, now = before.says.get(name), says.get(name)
        if was == now:
            continue
        title = _title(decided, name, language) if name in decided.asked else name.replace("_", " ")
        lines.append(words["change"].format(title=title, was=_in_words(was, language), now=_in_words(now, language)))
    return Section(words["what changed"].format(revision=before.revision), tuple(lines))


def _in_words(said: Mapping[str, Any] | None, language: Language) -> str:
    words = WORDS[language]
    if said is None:
        return words["not told"]
    if not said["terms"]:
        return words["refused"]
    return "; ".join(f"{days}: {amount}" for days, amount in (term_row(term, language) for term in said["terms"]))


def _who_decided(decided: Decided, says: Collection[str], language: Language) -> Section:
    """By which rule it was decided, and which officers let count what it rests on."""
    words = WORDS[language]
    lines = [_rule(decided.records[name], language) for name in says if decided.records[name].is_of_this_format]
    lines += [_officers(stated, approval, language) for stated, approval in decided.counted]
    if not decided.counted:
        lines.append(words["no officer"])
    return Section(words["who decided"], tuple(dict.fromkeys(lines)))


def _rule(record: DecisionRecord, language: Language) -> str:
    asked, days = determination_of(record), record.body["days"]
    title = asked.title_ms if language == "ms" else asked.title
    law = day(date.fromisoformat(days["in_force_on"]), language)
    return WORDS[language]["by rule"].format(title=title, kind=asked.kind, version=asked.version, law=law)


def _officers(stated: Evidence, approval: Evidence, language: Language) -> str:
    kind = KINDS_OF_EVIDENCE[stated.kind.value][language]
    if stated.kind is EvidenceKind.ORDER:
        kind = ORDERS[stated.stated["forum"]][language].format(reference=stated.stated["reference"])
    on, by = day(business_day(approval.stated_at), language), approval.stated_by
    if stated.by_officer:
        return WORDS[language]["two officers"].format(kind=kind, first=stated.stated_by, second=by, day=on)
    return WORDS[language]["let count"].format(kind=kind, officer=by, day=on)


def _appeal(decided: Decided, language: Language) -> Section:
    """To whom, how, and until when."""
    words, law = WORDS[language], book().on(decided.decided_on, decided.decided_on)
    last = day(last_day_at_the_appellate_board(decided.decided_on, law), language)
    lines = [
        words["appeal"].format(day=last, reference=f"{decided.claim.id} / {decided.revision}", claim=decided.claim.id)
    ]
    if any(stated.kind in _BY_A_BOARD for stated, _ in decided.counted):
        lines.append(words["medical appeal"].format(days=law.days("act4.boards.appellate_days")))
    return Section(words["how to appeal"], (*lines, words["ask"]))


def counted_of(evidence: Sequence[Evidence], ids: Collection[str]) -> Iterator[tuple[Evidence, Evidence]]:
    """Of statements on which a record rests, by their ids: those that officers let count, with the newest approval."""
    stated = {each.id: each for each in evidence}
    approvals = {each.about: each for each in evidence if each.kind is EvidenceKind.APPROVAL and each.about}
    for about, approval in approvals.items():
        if about in stated and str(about) in ids:
            yield stated[about], approval


def people_of(record: DecisionRecord) -> Iterator[str]:
    """The parties that the facts of a record name: who is left behind and lives, and who bore a cost."""
    for fact in record.body["facts"] if record.is_of_this_format else ():
        if isinstance(fact["value"], Mapping):
            yield from (party for party, stated in fact["value"].items() if ":" in party and "died" not in stated)


def sources_of(records: Mapping[str, DecisionRecord]) -> set[str]:
    """The ids of all that the facts of these records rest on."""
    return {
        str(source["id"]) for record in records.values() for fact in record.body["facts"] for source in fact["sources"]
    }
