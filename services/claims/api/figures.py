"""Figures of the statute book that officers enter as they are gazetted: one enters, and two let it be law."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.commands.state_figure import StateFigure
from services.claims.commands.state_figure import state_figure as handle_state_figure
from services.claims.domain.figures import FigureEntry
from services.claims.queries import figures
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.law.desk import Cells, Instrument, rows_of
from shared.law.figures import Certainty, Entry, Figure, Unit
from shared.security.scopes import Party, officers_only, requires
from shared.web.fields import LARGEST_INTEGER, Day, Text
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["figures"])

READ = [requires("claims:figure:read"), Depends(officers_only)]
WRITE = [requires("claims:figure:write"), Depends(officers_only), Depends(idempotent)]
# More than the longest table that is gazetted; both officers look at what changes.
_MOST_ROWS, _MOST_CELLS, _MOST_SHOWN = 1_000, 12, 2_000
_EXAMPLE = "act4.permanent_disablement.lump_sum_factor"

FigureInPath = Annotated[
    str,
    Path(pattern=r"^[a-z][a-z0-9_.]{0,199}$", max_length=200, description="The figure's name.", examples=[_EXAMPLE]),
]
CellIn = Annotated[Text, Field(max_length=200)]
CellOut = Annotated[str, Field(max_length=1_000)]
RowIn = Annotated[list[CellIn], Field(min_length=1, max_length=_MOST_CELLS)]
RowOut = Annotated[list[CellOut], Field(max_length=1_000)]
Name = Annotated[str, Field(max_length=200)]
InstrumentNumber = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./()-]{0,59}$",
        max_length=60,
        description="The instrument's number, as it was gazetted.",
        examples=["P.U.(A) 999/2026"],
    ),
]


class FigureEntryIn(In):
    """An entry of a figure as its instrument has it."""

    model_config = examples(
        {
            "instrument": "P.U.(A) 999/2026",
            "gazetted_on": "2026-10-01",
            "law": "Act 4, s.22",
            "in_force": "2026-01-01",
            "rows": [["30", "7479"], ["31", "7390"]],
        }
    )

    instrument: InstrumentNumber
    gazetted_on: Day = Field(description="The day of the instrument, today at the latest.", examples=["2026-10-01"])
    law: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 .,;()/'-]{0,199}$",
        max_length=200,
        description="Act and section under which it is made.",
        examples=["Act 4, s.22"],
    )
    in_force: Day = Field(description="The first day on which it is in force; it may have passed.")
    rows: list[RowIn] = Field(
        max_length=_MOST_ROWS,
        description="The whole value: of a table all its rows, a cell a column; else one row of one cell, of names one "
        "row. No row: the figure ends on that day, where it may.",
        examples=[[["30", "7479"], ["31", "7390"]]],
    )

    def entry(self, figure: str, officer: str) -> FigureEntry:
        """As an officer enters it."""
        instrument = Instrument(self.instrument, self.gazetted_on, self.law)
        rows = tuple(tuple(row) for row in self.rows)
        return FigureEntry(new_id(), figure, self.in_force, rows, instrument, officer, now())


class FigureEntryOut(Out):
    """What an officer entered, by which instrument, and what two officers found of it."""

    entry: UUID
    figure: Name = Field(examples=[_EXAMPLE])
    instrument: str = Field(max_length=100, examples=["P.U.(A) 999/2026"])
    gazetted_on: date
    law: str = Field(max_length=500)
    in_force: date
    rows: list[RowOut] = Field(max_length=_MOST_SHOWN)
    entered_by: str = Field(max_length=200)
    entered_at: datetime
    counts: bool | None = Field(description="Null while it waits for two officers.")
    edition: int | None = Field(
        ge=1, le=LARGEST_INTEGER, description="Of one that counts: which it is of all that were entered."
    )
    known: date | None = Field(description="Of one that counts: from which day on it is known.")
    proposed_by: str | None = Field(max_length=200)
    approved_by: str | None = Field(max_length=200)
    decided_at: datetime | None

    @classmethod
    def of(cls, entry: FigureEntry) -> Self:
        """As it is kept."""
        found, said = entry.answered, entry.instrument
        return cls(
            entry=entry.id,
            figure=entry.figure,
            instrument=said.number,
            gazetted_on=said.gazetted_on,
            law=said.law,
            in_force=entry.in_force,
            rows=_lists(entry.rows),
            entered_by=entry.stated_by,
            entered_at=entry.stated_at,
            counts=None if found is None else found.counts,
            edition=None if found is None else found.edition,
            known=None if found is None else found.known,
            proposed_by=None if found is None else found.proposed_by,
            approved_by=None if found is None else found.approved_by,
            decided_at=None if found is None else found.at,
        )


class BookEntryOut(Out):
    """An entry of the statute book; of one of the desk also who entered it, who approved it, and the instrument."""

    in_force: date
    known: date
    rows: list[RowOut] = Field(max_length=_MOST_SHOWN, description="No row: the figure ends.")
    law: str = Field(max_length=1_000)
    source: str = Field(max_length=1_000)
    certainty: Certainty
    reason: str | None = Field(max_length=5_000, description="Why it is no more certain than that.")
    entered: FigureEntryOut | None = Field(description="Null where a release of the statute book has it.")

    @classmethod
    def of(cls, entry: Entry, entered: FigureEntry | None) -> Self:
        """From the book, and from the desk."""
        return cls(
            in_force=entry.in_force,
            known=entry.known,
            rows=_lists(rows_of(entry)),
            law=entry.law,
            source=entry.source,
            certainty=entry.certainty,
            reason=entry.reason or None,
            entered=None if entered is None else FigureEntryOut.of(entered),
        )


class ColumnOut(Out):
    """A column of a table."""

    name: Name
    type: Name = Field(examples=["count"])


class FigureOut(Out):
    """A figure that officers enter: what its value is, and what an entry is checked for."""

    figure: Name = Field(examples=[_EXAMPLE])
    title: str = Field(max_length=500)
    title_ms: str = Field(max_length=500)
    unit: Unit
    columns: list[ColumnOut] = Field(max_length=_MOST_CELLS, description="Of a table; else none.")
    checks: list[Name] = Field(max_length=20, examples=[["ages", "ascending", "above_zero"]])
    may_end: bool = Field(description="Whether an entry without rows may end it.")

    @classmethod
    def of(cls, figure: Figure) -> Self:
        """From the book."""
        return cls(
            figure=figure.name,
            title=figure.title,
            title_ms=figure.title_ms,
            unit=figure.unit,
            columns=[ColumnOut(name=name, type=kind) for name, kind in figure.columns.items()],
            checks=list(figure.checks),
            may_end=figure.ends,
        )


class FigureWithEntriesOut(FigureOut):
    """The same with all its entries, in the order of the days from which they are in force, and known."""

    entries: list[BookEntryOut] = Field(max_length=_MOST_SHOWN)


Figures = Annotated[list[FigureOut], Field(max_length=_MOST_SHOWN)]


@router.get("/v1/figures", summary="List the figures that officers enter", dependencies=READ, responses=problems())
async def list_figures(uow: CommittedBeforeAnswer) -> Figures:
    """The figures of the statute book that officers enter as they are gazetted, by name."""
    return [FigureOut.of(each) for each in await figures.list_figures(uow)]


@router.get("/v1/figures/{figure}", summary="Read a figure", dependencies=READ, responses=problems(404, 409))
async def read_figure(figure: FigureInPath, uow: CommittedBeforeAnswer) -> FigureWithEntriesOut:
    """A figure with every entry that the statute book has of it; of one that officers entered who entered it and who
    approved it, by which instrument."""
    found = await figures.find_figure(figure, uow)
    entries = [BookEntryOut.of(each, found.entered.get(each.edition)) for each in found.figure.entries]
    return FigureWithEntriesOut(**FigureOut.of(found.figure).model_dump(), entries=entries)


@router.post(
    "/v1/figures/{figure}/entries",
    status_code=201,
    summary="Enter what is gazetted of a figure",
    dependencies=WRITE,
    responses=problems(400, 404, 409),
)
async def enter_figure(
    figure: FigureInPath, body: FigureEntryIn, uow: CommittedBeforeAnswer, caller: Party
) -> FigureEntryOut:
    """Enter a figure's value as its instrument has it, whole. It is law when two officers have let it count
    (`GET /v1/tasks`); a correction is another entry."""
    command = StateFigure(body.entry(figure, caller.subject), caller.party)
    return FigureEntryOut.of(await handle_state_figure(command, uow))


@router.get(
    "/v1/figures/{figure}/entries",
    summary="List what was entered of a figure",
    dependencies=READ,
    responses=problems(400, 404, 409),
)
async def list_figure_entries(
    figure: FigureInPath, listing: Listing, uow: CommittedBeforeAnswer
) -> Page[FigureEntryOut]:
    """What officers entered of a figure, oldest first: what waits, what counts, and what was refused."""
    found = await figures.list_figure_entries(figure, listing.after_id, listing.limit, uow)
    return listing.page(found, item=FigureEntryOut.of)


def _lists(rows: Cells) -> list[list[str]]:
    return [list(row) for row in rows]
