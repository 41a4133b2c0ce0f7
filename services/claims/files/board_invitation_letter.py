"""The letter by which a person is invited before a board, and the one that says that a session is not held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.claims.domain import subjects
from services.claims.domain.boards import Board, BoardCase, BoardCaseState, BoardQuestion
from services.claims.files.letter_words import WORDS
from shared.kernel.clock import today
from shared.kernel.identifiers import person_id
from shared.law import malay
from shared.letters.letter import LANGUAGES, Language, Letter, LetterKind, Said, Section
from shared.letters.words import day

BOARDS: Mapping[Board, Mapping[Language, str]] = {
    Board.MEDICAL: {"en": "Medical Board", "ms": "Jemaah Doktor"},
    Board.SPECIAL: {"en": "Special Medical Board", "ms": "Jemaah Doktor Khas"},
    Board.APPELLATE: {"en": "Appellate Medical Board", "ms": "Jemaah Doktor Rayuan"},
}
_LAW = {Board.MEDICAL: "Act 4, s.32", Board.SPECIAL: "Act 4, s.32A", Board.APPELLATE: "Act 4, s.33"}
QUESTIONS: Mapping[BoardQuestion, Mapping[Language, str]] = {
    BoardQuestion.PERMANENT_LOSS: {"en": "whether a loss remains, and how great it is", "ms": "kehilangan kekal"},
    BoardQuestion.OCCUPATIONAL_DISEASE: {"en": "whether it is an occupational disease", "ms": "penyakit khidmat"},
    BoardQuestion.INVALIDITY: {"en": "whether you are an invalid", "ms": "keilatan"},
    BoardQuestion.CONSTANT_ATTENDANCE: {"en": "whether you need constant attendance", "ms": "layanan sentiasa"},
    BoardQuestion.AGGRAVATION: {"en": "whether your condition has become worse", "ms": "keadaan bertambah teruk"},
    BoardQuestion.PROVISIONAL_ENDED: {"en": "your provisional assessment, which ends", "ms": "taksiran sementara"},
    BoardQuestion.APPEAL: {"en": "your appeal", "ms": "rayuan anda"},
    BoardQuestion.REVISION: {"en": "what was assessed, once more", "ms": "kajian semula taksiran"},
}
_SESSION, _DAY = "session", "day"


@dataclass(frozen=True)
class Invitee:
    """Who is written to: the person, by the number of which the claim was stated, or who acts for it."""

    party: str
    person: int

    @property
    def is_acting(self) -> bool:
        """Whether it is not the person itself."""
        return self.party != f"person:{self.person}"


def board_letter(case: BoardCase, invitee: Invitee, before: Letter | None) -> Letter | None:
    """What is to be told of a case now; None where that was told, or nothing is to be.

    Of a session that is not held nothing is told once its day has come: who waits there is told by the board.
    """
    told = {} if before is None else before.says
    if case.state is BoardCaseState.INVITED and case.sits_on is not None:
        says = {_SESSION: str(case.session), _DAY: case.sits_on.isoformat(), "place": case.place or ""}
        return None if says == told else _letter(case, invitee, says, "board_invitation", case.sits_on)
    called_off = date.fromisoformat(told[_DAY]) if told.get(_DAY) else None
    if case.state is BoardCaseState.WAITING and called_off is not None and called_off > today():
        return _letter(case, invitee, {_SESSION: None}, "board_called_off", called_off)
    return None


def _letter(case: BoardCase, invitee: Invitee, says: Mapping[str, str | None], words: str, sits_on: date) -> Letter:
    return Letter(
        kind=LetterKind.BOARD_INVITATION,
        about=subjects.board_case(case.id),
        revision=case.revision,
        party=invitee.party,
        reference=f"{case.claim} / {case.id}",
        dated=today(),
        said={language: _said(case, invitee, words, sits_on, language) for language in LANGUAGES},
        says=says,
    )


def _said(case: BoardCase, invitee: Invitee, what: str, sits_on: date, language: Language) -> Said:
    words, board, on = WORDS[language], BOARDS[case.board][language], day(sits_on, language)
    opening = [words[f"opening {what}"].format(board=board, day=on)]
    if invitee.is_acting:
        opening.insert(0, words["as representative"].format(person=person_id(invitee.person)))
    sections = (_session(case, on, language),) if what == "board_invitation" else ()
    return Said(words[f"title {what}"].format(board=board), tuple(opening), sections)


def _session(case: BoardCase, on: str, language: Language) -> Section:
    words, law = WORDS[language], _LAW[case.board]
    rows = (
        (words["day of session"], on),
        (words["place"], case.place or ""),
        (words["board is asked"], QUESTIONS[case.question][language]),
        (words["under"], malay.citation(law) if language == "ms" else law),
    )
    lines = (words["bring to board"], words["cannot come"], words["absent"])
    return Section(BOARDS[case.board][language], lines, rows)
