"""What officers entered into the statute book from an instrument: each entry stated whole, in the order of editions."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Event
from shared.contracts.topics import LAW_FIGURES


class FigureEnteredV1(Event):
    """An entry of the statute book counts: one officer entered it, and another one approved it."""

    topic = LAW_FIGURES
    name: ClassVar[str] = "figure.entered"

    entry: UUID
    """The entry's id, for ever."""
    edition: int = Field(gt=0, lt=2**31)
    """Which one it is of all that were entered, from 1, with none left out: whoever has all up to it has the law."""
    figure: str = Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$", max_length=200)
    """The name of the figure, such as `act4.calendar.payment_days`."""
    in_force: date
    """The first day on which it is in force."""
    known: date
    """From which day on it is known: that on which it was approved."""
    cells: tuple[tuple[str, ...], ...] = Field(max_length=2_000)
    """Its value as it was entered: of a table the cells of its rows, else one cell, of names one row. None ends it."""
    law: str = Field(min_length=1, max_length=500)
    """Act and section under which the instrument is made."""
    instrument: str = Field(min_length=1, max_length=100)
    """The number of the instrument, such as `P.U.(A) 999/2026`."""
    gazetted_on: date
    """The day of the instrument."""
    stated_at: datetime
    """When it was entered."""
    counted_at: datetime
    """When the second officer let it count."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("law_figure", self.figure)

    @property
    def key(self) -> str:
        # One edition follows another: all of them in one order.
        return "law"
