"""Topic ``law.figures``: an entry of the statute book that counts, alike at first and when republished."""

from datetime import datetime

from shared.contracts.law_figures import FigureEnteredV1
from shared.law.desk import DeskEntry


def figure_entered(counted: DeskEntry, stated_at: datetime, counted_at: datetime) -> FigureEnteredV1:
    """An entry as it counts."""
    return FigureEnteredV1(
        entry=counted.entry,
        edition=counted.edition,
        figure=counted.figure,
        in_force=counted.in_force,
        known=counted.known,
        cells=counted.rows,
        law=counted.instrument.law,
        instrument=counted.instrument.number,
        gazetted_on=counted.instrument.gazetted_on,
        stated_at=stated_at,
        counted_at=counted_at,
    )
