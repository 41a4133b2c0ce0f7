"""What can go wrong with the statute book: while it is loaded, and when it is asked."""

from shared.kernel.errors import JaringError, Kind


class BookError(JaringError):
    """The book cannot be loaded; the detail begins with file and line, relative to the book.

    ``plain`` says what is wrong without repeating what was written.
    """

    code = "statute_book_malformed"
    title = "The statute book is malformed"
    title_ms = "Kitab undang-undang tidak betul bentuknya"
    kind = Kind.INTERNAL

    def __init__(self, file: str, line: int, fact: str, plain: str = "") -> None:
        self.line, self.plain = line, plain or fact
        super().__init__(f"{file}:{line}: {fact}", facts={"file": file, "line": line})


class UnknownFigure(JaringError):
    """No figure has this name: a mistake of the program."""

    code = "unknown_figure"
    title = "The statute book has no such figure"
    title_ms = "Tiada angka sedemikian dalam kitab undang-undang"
    kind = Kind.INTERNAL


class WrongUnit(JaringError):
    """A figure was read as something that it is not: a mistake of the program."""

    code = "wrong_unit_of_figure"
    title = "A figure has another unit"
    title_ms = "Unit angka itu lain"
    kind = Kind.INTERNAL


class NotYetLaw(JaringError):
    """No entry of the figure was in force on that day as known on that day: it begins, or was announced, later."""

    code = "not_yet_law"
    title = "The law had no such figure yet"
    title_ms = "Angka itu belum berkuat kuasa di sisi undang-undang"
    kind = Kind.REFUSED_BY_LAW


class NoLongerLaw(JaringError):
    """The figure was ended on or before that day."""

    code = "no_longer_law"
    title = "The law no longer has such a figure"
    title_ms = "Angka itu tidak lagi berkuat kuasa di sisi undang-undang"
    kind = Kind.REFUSED_BY_LAW


class OutsideTable(JaringError):
    """No row of the table holds the amount, for example a wage of zero, which has no class."""

    code = "outside_table"
    title = "No class of the table holds the amount"
    title_ms = "Tiada kelas dalam jadual yang merangkumi amaun itu"
    kind = Kind.INVALID


class EditionNotLaid(JaringError):
    """A record rests on entries of officers that this process has not read."""

    code = "edition_not_laid"
    title = "Entries of the statute book are not known here yet"
    title_ms = "Catatan kitab undang-undang belum diketahui di sini"
    kind = Kind.INTERNAL


class NotCanonical(JaringError):
    """A value cannot stand in a canonical body: a float, a null, a set or an integer beyond 2^53."""

    code = "not_canonical"
    title = "A value has no canonical form"
    title_ms = "Suatu nilai tidak mempunyai bentuk kanonik"
    kind = Kind.INTERNAL


class UncitedStep(JaringError):
    """A test or an amount of a decision names no law and has read no figure: a mistake of the program."""

    code = "uncited_step"
    title = "A step of a decision cites no law"
    title_ms = "Suatu langkah keputusan tidak memetik undang-undang"
    kind = Kind.INTERNAL


class NoWageMonth(JaringError):
    """No month of the window was contributed for or is payable; Fourth Schedule para 4A (similar work) would apply."""

    code = "no_wage_month"
    title = "No month of the window has an assumed wage"
    title_ms = "Tiada bulan dalam tempoh itu yang mempunyai gaji anggapan"
    kind = Kind.REFUSED_BY_LAW


NO_ANSWER = "no_answer"
"""The outcome of a determination for whose facts the law has no figure: with the code of one of these errors."""
