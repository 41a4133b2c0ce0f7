"""Says a decision in words, in English or Malay: every test, every amount with its arithmetic, every figure cited."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from shared.kernel.errors import JaringError
from shared.kernel.money import ringgit
from shared.law import malay
from shared.law.book import Book, book
from shared.law.decision import Body, DecisionRecord
from shared.law.errors import NO_ANSWER
from shared.law.figures import percentage
from shared.law.working import as_text

Language: TypeAlias = Literal["en", "ms"]
Part: TypeAlias = Mapping[str, Any]

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "decision": "Decision of {decided_on}{on}: {outcome}, "
        "by the law in force on {in_force_on} as known on {known_on}",
        "met": "met",
        "not met": "not met",
        "yes": "yes",
        "no": "no",
        "hours": "hours",
        "days": "days",
        "months": "months",
        "age": "years of age",
        "table": "table",
        "since": "since {}",
        "enacted": "enacted",
        "gazetted": "gazetted",
        "reported": "reported",
        "derived": "derived",
        "assumed": "assumed, to be confirmed",
        "test": "Test",
        "needs_officer": "an officer decides",
        "no_answer": "no answer",
        "term": "Owed to {party}: RM{amount} {per} {days} ({law})",
        "term of": "Owed to {party} as {benefit}: RM{amount} {per} {days} ({law})",
        "insured": "the insured person",
        "provider": "the provider",
        "day": "a day",
        "month": "a month",
        "once": "once",
        "from to": "from {first} to {last}",
        "from": "from {first} on",
        "on": "for {first}",
        "about": " on {}",
        "provisional": "provisional",
    },
    "ms": {
        "decision": "Keputusan {decided_on}{on}: {outcome}, "
        "mengikut undang-undang yang berkuat kuasa pada {in_force_on} "
        "seperti yang diketahui pada {known_on}",
        "met": "dipenuhi",
        "not met": "tidak dipenuhi",
        "yes": "ya",
        "no": "tidak",
        "hours": "jam",
        "days": "hari",
        "months": "bulan",
        "age": "tahun",
        "table": "jadual",
        "since": "sejak {}",
        "enacted": "diwartakan",
        "gazetted": "diwartakan melalui instrumen",
        "reported": "dilaporkan",
        "derived": "diterbitkan",
        "assumed": "andaian, perlu disahkan",
        "test": "Ujian",
        "entitled": "layak",
        "decided": "ditentukan",
        "covered": "dilindungi",
        "allowed": "dibenarkan",
        "approved": "diluluskan",
        "employment injury": "bencana kerja",
        "non employment injury": "kecederaan bukan bencana kerja",
        "qualified": "memenuhi tempoh kelayakan",
        "fined": "didenda",
        "goes on": "diteruskan",
        "in time": "dalam masa",
        "increased": "dinaikkan",
        "to be recovered": "perlu dituntut balik",
        "due": "perlu dibayar",
        "refused": "ditolak",
        "needs_officer": "pegawai yang menentukan",
        "no_answer": "tiada jawapan",
        "term": "Terhutang kepada {party}: RM{amount} {per} {days} ({law})",
        "term of": "Terhutang kepada {party} sebagai {benefit}: RM{amount} {per} {days} ({law})",
        "insured": "orang berinsurans",
        "provider": "pemberi rawatan",
        "day": "sehari",
        "month": "sebulan",
        "once": "sekali",
        "from to": "dari {first} hingga {last}",
        "from": "mulai {first}",
        "on": "bagi {first}",
        "about": " bagi {}",
        "provisional": "sementara",
    },
}


def has_words(outcome: str, language: Language) -> bool:
    """Whether an outcome is said in a language by words of its own."""
    return outcome in _WORDS[language]


def explain(
    record: DecisionRecord,
    language: Language = "en",
    wording: Mapping[str, str] | None = None,
    law: Book | None = None,
    *,
    title: str = "",
    citation: str = "",
) -> list[str]:
    """The lines of a decision: a heading, its tests, its amounts, what is owed, and the figures that it read.

    `wording` translates the names of tests and amounts; a name without a translation stays as it is. `law` is the book
    that gives the figures their titles, by default this release's. `title` says what was asked, `citation` is that of
    what is owed.
    """
    body = record.body
    voice = _Voice(language, wording or {}, law or book(), title, citation)
    return [
        voice.heading(body),
        *map(voice.test, body["tests"]),
        *map(voice.amount, body["amounts"]),
        *map(voice.term, body["terms"]),
        *map(voice.figure, body["figures"]),
    ]


def shown(unit: str, value: Any, language: Language = "en") -> str:
    """A value of a body as a reader expects it: the percentage "4/5" is "80 %", 3000 sen "RM30.00"."""
    words = _WORDS[language]
    if unit == "percent":
        return f"{percentage(Fraction(value))} %"
    if unit in ("sen", "ringgit"):
        return _money(Fraction(value))
    if unit == "yes_no":
        return words["yes"] if value else words["no"]
    if unit in ("names", "text"):
        text = value if isinstance(value, str) else ", ".join(value)
        return malay.words(text) if language == "ms" else text
    return f"{value} {words[unit]}" if unit in words else str(value)


def _money(sen: Fraction) -> str:
    """An amount in ringgit; one that is not whole sen is shown exactly, since only the named amount is rounded."""
    if sen.denominator == 1:
        return f"RM{ringgit(int(sen))}"
    return f"RM{sen / 100}"


def _errors(error: type[JaringError]) -> Iterator[type[JaringError]]:
    """Every error that is known to this process."""
    for each in error.__subclasses__():
        yield each
        yield from _errors(each)


@dataclass(frozen=True)
class _Voice:
    language: Language
    wording: Mapping[str, str]
    law: Book
    title: str
    citation: str

    def heading(self, body: Body) -> str:
        outcome = self.words.get(body["outcome"], body["outcome"])
        if body["outcome"] == NO_ANSWER:
            outcome = f"{outcome}: {self.reason(body['reason'])}"
        if body["provisional"]:
            outcome = f"{outcome}, {self.words['provisional']}"
        about = self.words["about"].format(self.title) if self.title else ""
        return self.words["decision"].format(outcome=outcome, on=about, **body["days"])

    def test(self, test: Part) -> str:
        outcome = self.words["met" if test["met"] else "not met"]
        return f"{self.words['test']}: {self.name(test)}: {outcome} ({self.cited(*test['law'])})"

    def amount(self, amount: Part) -> str:
        value = shown(amount["unit"], amount["value"], self.language)
        working = as_text(amount["working"], malay.words if self.language == "ms" else str)
        return f"{self.name(amount)}: {working} = {value} ({self.cited(*amount['law'])})"

    def reason(self, code: str) -> str:
        """Why the law has no answer."""
        fault = next((each for each in _errors(JaringError) if getattr(each, "code", "") == code), JaringError)
        return (fault.title_ms if self.language == "ms" else fault.title) if fault is not JaringError else code

    def term(self, term: Part) -> str:
        """What is owed, to whom, how often and from when to when."""
        last = term.get("last")
        spoken = "from" if last is None else "on" if last == term["first"] else "from to"
        benefit = term.get("benefit", "")
        said = malay.words(benefit) if self.language == "ms" else benefit
        return self.words["term of" if benefit else "term"].format(
            party=self.words.get(term["party"], term["party"]),
            benefit=said,
            amount=ringgit(term["sen"]),
            per=self.words[term["per"]],
            days=self.words[spoken].format(**term),
            law=self.cited(self.citation),
        )

    def figure(self, figure: Part) -> str:
        value = shown(figure["unit"], figure["value"], self.language) if "value" in figure else self.words["table"]
        certainty = self.words[figure["certainty"]]
        since = self.words["since"].format(figure["in_force"])
        return f"{self.title_of(figure['figure'])}: {value}, {since} ({self.cited(figure['law'])}; {certainty})"

    def cited(self, *citations: str) -> str:
        """Acts and sections as the language writes them."""
        return " · ".join(map(malay.citation, citations) if self.language == "ms" else citations)

    @property
    def words(self) -> Mapping[str, str]:
        return _WORDS[self.language]

    def name(self, part: Part) -> str:
        """The name in the wording given; else, in Malay, with the words of the law that it holds in Malay."""
        name: str = part["name"]
        return self.wording.get(name) or (malay.words(name) if self.language == "ms" else name)

    def title_of(self, figure: str) -> str:
        found = self.law.figures.get(figure)
        if found is None:
            return figure
        return found.title_ms if self.language == "ms" and found.title_ms else found.title
