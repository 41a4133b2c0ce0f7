"""What an officer enters of a figure of the statute book, as an instrument has it, until two of them let it count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.claims.domain.errors import FigureEntryUnfit, FigureNotEntered, FigureUnknown
from shared.law.book import Book
from shared.law.desk import Cells, DeskEntry, Instrument, entry_of, rows_of
from shared.law.errors import BookError, NoLongerLaw, NotYetLaw
from shared.law.figures import Entry, Figure

# Of a table both officers look at what changes; the rest is counted, and shown by the book.
_MOST_ROWS_SHOWN = 40
_LONGEST_FACT = 200


@dataclass(frozen=True, slots=True)
class Answered:
    """What two officers found of an entry; of one that counts its edition, and the day from which on it is known."""

    counts: bool
    edition: int | None
    known: date | None
    proposed_by: str
    approved_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """What one officer entered: from which day on the figure is this, by which instrument."""

    id: UUID
    figure: str
    in_force: date
    rows: Cells
    instrument: Instrument
    stated_by: str
    stated_at: datetime
    answered: Answered | None = None

    def counting(self, edition: int, known: date) -> DeskEntry:
        """As it stands in the book once two officers have let it count."""
        return DeskEntry(edition, self.id, self.figure, self.in_force, known, self.rows, self.instrument)

    def must_fit(self, law: Book, day: date) -> None:
        """Raises FigureUnknown, FigureNotEntered, and FigureEntryUnfit where it is no entry, or says nothing new."""
        figure = figure_entered(self.figure, law)
        if self.instrument.gazetted_on > day:
            raise FigureEntryUnfit("What is gazetted was gazetted on that day or before.")
        if not self.rows and not figure.ends:
            raise FigureEntryUnfit("This figure does not end.", facts={"figure": self.figure})
        try:
            entry = entry_of(figure, self.counting(law.edition + 1, day))
        except BookError as fault:
            # The rows stand behind a head, as in a file.
            where = f"Row {fault.line - 1}: " if fault.line > 1 else ""
            raise FigureEntryUnfit(f"{where}{fault.plain}.", facts={"figure": self.figure}) from fault
        stands = standing(figure, law, self.in_force, day)
        if _says_just_that(stands, entry):
            raise FigureEntryUnfit("The statute book says just that from this day on.", facts={"figure": self.figure})

    def facts(self, law: Book, day: date) -> dict[str, str | int]:
        """What two officers look at: the instrument, and the rows that are others than those that stand."""
        figure = law.figures.get(self.figure)
        stands = None if figure is None else standing(figure, law, self.in_force, day)
        before = set() if stands is None else set(rows_of(stands))
        changed = [row for row in self.rows if row not in before]
        shown = {f"row_{number}": _shown(row) for number, row in enumerate(changed[:_MOST_ROWS_SHOWN], 1)}
        return {
            "figure": self.figure,
            "instrument": self.instrument.number,
            "gazetted_on": self.instrument.gazetted_on.isoformat(),
            "in_force": self.in_force.isoformat(),
            "rows": len(self.rows),
            "rows_changed": len(changed),
            "rows_gone": len(before - set(self.rows)),
            **shown,
        }


def figure_entered(name: str, law: Book) -> Figure:
    """A figure that officers enter; raises FigureUnknown, FigureNotEntered."""
    figure = law.figures.get(name)
    if figure is None:
        raise FigureUnknown()
    if not figure.entered:
        raise FigureNotEntered(facts={"figure": name})
    return figure


def figures_entered(law: Book) -> Mapping[str, Figure]:
    """The figures that officers enter, in the order of their names."""
    return {name: law.figures[name] for name in sorted(law.figures) if law.figures[name].entered}


def standing(figure: Figure, law: Book, in_force: date, known: date) -> Entry | None:
    """The entry of a figure that is in force on a day; None where there is none."""
    try:
        return law.entry(figure.name, in_force, known)
    except (NotYetLaw, NoLongerLaw):
        return None


def _says_just_that(stands: Entry | None, entry: Entry) -> bool:
    """Whether what stands is in force from the same day, with the same value; what ends where nothing stands."""
    if stands is None or entry.value is None:
        return stands is None and entry.value is None
    return stands.in_force == entry.in_force and stands.plain_value == entry.plain_value


def _shown(row: tuple[str, ...]) -> str:
    return ", ".join(row)[:_LONGEST_FACT]
