"""``make simulate LAW=<overlay> POPULATION=<file or size>``: what an amendment would do, as tables and a picture.

Writes ``report.md``, ``groups.csv`` and ``distribution.svg`` to a folder and prints the report. Amounts are exact and
in ringgit; the picture alone is drawn with floats. What cannot matter to the comparison is refused.
"""

import csv
import os
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from shared.kernel.errors import JaringError
from shared.kernel.money import Sen, half_up, ringgit
from shared.law.explanation import shown as shown_value
from shared.law.simulation.columns import COLUMNS, MONTH, Column
from shared.law.simulation.effects import Group, MonthOfEffects, simulate
from shared.law.simulation.overlay import Overlay, named
from shared.law.simulation.population import SPREAD_IS_ASSUMED, Population, population

DEFAULT_LAW = "ceiling_2024"
DEFAULT_POPULATION = "9830000"
CONTRIBUTIONS = tuple(column for column in COLUMNS if column.paid_by and column.per == MONTH)
OTHER_CONTRIBUTIONS = tuple(column for column in COLUMNS if column.paid_by and column.per != MONTH)


def report(overlay: Overlay, people: Population, months: tuple[MonthOfEffects, ...]) -> Iterator[str]:
    """The report as Markdown: whom it changes, by how much, what it costs, and each class."""
    shown = month_to_show(months)
    yield f"# {overlay.title}"
    yield ""
    yield f"{overlay.title_ms}. {overlay.law}."
    yield ""
    yield f"As known on {overlay.known}; {len(months)} months from {months[0].month}; {people.size:,} people."
    yield ""
    yield from _cautions(overlay, people, shown)
    yield from _amendment(overlay)
    yield from _winners(shown)
    yield from _ranges(shown)
    yield from _costs(months)
    yield from _classes(shown)


def month_to_show(months: tuple[MonthOfEffects, ...]) -> MonthOfEffects:
    """The first month in which an amount changes, since an amendment may begin later than the comparison."""
    return next((month for month in months if month.changes), months[0])


def _cautions(overlay: Overlay, people: Population, shown: MonthOfEffects) -> Iterator[str]:
    cautions = [f"Warning: {said}" for said in overlay.forgotten_sisters()]
    if people.spread_is_assumed:
        cautions.append(SPREAD_IS_ASSUMED)
    if not shown.changes:
        cautions.append("The amendment is read, and it changes no amount of anybody in this population.")
    for caution in cautions:
        yield f"> {caution}"
        yield ""


def _amendment(overlay: Overlay) -> Iterator[str]:
    yield "## What changes in the law"
    yield ""
    yield "| from | figure | without | with |"
    yield "|---|---|---|---|"
    for month, figure, old, new in overlay.changed_entries():
        unit = overlay.after.figures[figure].unit.value
        yield f"| {month} | {figure} | {_said(unit, old)} | {_said(unit, new)} |"
    yield ""


def _said(unit: str, value: object) -> str:
    if value is None:
        return "none"
    return f"{len(value['rows'])} rows" if isinstance(value, dict) else shown_value(unit, value)


def _winners(month: MonthOfEffects) -> Iterator[str]:
    yield f"## Winners and losers in {month.month}"
    yield ""
    yield "| people | in a month |"
    yield "|---|---:|"
    for text, which in (
        ("entitled to more (winners), of whom some also pay more", "wins"),
        ("pay more and are entitled to no more (losers)", "loses"),
        ("pay more", "pays_more"),
        ("entitled to less, or pay less", "gets_less"),
        ("not touched", "is_untouched"),
    ):
        yield f"| {text} | {month.people(which):,} |"
    yield ""


def _ranges(month: MonthOfEffects) -> Iterator[str]:
    yield "## By how much, from class to class"
    yield ""
    yield "| amount | rises for | falls for | least | most | that from the class above |"
    yield "|---|---:|---:|---:|---:|---|"
    for column in COLUMNS:
        changed = sorted(month.changed(column), key=lambda group: abs(group.change(column)))
        if not changed:
            yield f"| {column.name} | 0 | 0 | | | |"
            continue
        rises = sum(group.people for group in changed if group.change(column) > 0)
        falls = sum(group.people for group in changed) - rises
        most = [group for group in changed if abs(group.change(column)) == abs(changed[-1].change(column))]
        above = f"RM{ringgit(min(group.wage_over for group in most))}"
        least_said, most_said = (_change(group, column) for group in (changed[0], changed[-1]))
        yield f"| {column.name} | {rises:,} | {falls:,} | {least_said} | {most_said} | {above} |"
    yield ""


def _change(group: Group, column: Column) -> str:
    """A change in ringgit, and as a share of what the amount was."""
    change = group.change(column)
    share = f" ({percent(Fraction(change, group.before[column.name]))})" if group.before[column.name] else ""
    return f"{'-' if change < 0 else ''}RM{ringgit(abs(change))}{share}"


def _share(group: Group, column: Column) -> Fraction:
    return Fraction(group.change(column), group.before[column.name])


def _costs(months: tuple[MonthOfEffects, ...]) -> Iterator[str]:
    yield "## What it costs, in RM"
    yield ""
    yield f"| month | {' | '.join(column.name for column in CONTRIBUTIONS)} | together |"
    yield f"|---|{'---:|' * (len(CONTRIBUTIONS) + 1)}"
    sums = {column.name: 0 for column in CONTRIBUTIONS}
    for month in months:
        totals = {column.name: month.total(column) for column in CONTRIBUTIONS}
        sums = {name: sums[name] + total for name, total in totals.items()}
        yield _cost_row(str(month.month), totals)
    yield _cost_row("all", sums)
    yield ""
    for column in OTHER_CONTRIBUTIONS:
        if total := month_to_show(months).total(column):
            yield f"{column.name}: RM{thousands(total)} for everybody in it together."
            yield ""
    yield "What more is paid out depends on how many are injured, which no amendment says: benefits are a person's."
    yield ""


def _cost_row(name: str, totals: dict[str, Sen]) -> str:
    cells = [*totals.values(), sum(totals.values())]
    return f"| {name} | {' | '.join(thousands(cell) for cell in cells)} |"


def _classes(month: MonthOfEffects) -> Iterator[str]:
    yield "## By class"
    yield ""
    yield f"| wage above | up to | people | {' | '.join(column.name for column in COLUMNS)} | cost in the month |"
    yield f"|---:|---:|---:|{'---:|' * (len(COLUMNS) + 1)}"
    for group in month.groups:
        if not any(group.change(column) for column in COLUMNS):
            continue
        to = "" if group.wage_to is None else ringgit(group.wage_to)
        cells = [_before_and_after(group, column) for column in COLUMNS]
        cost = group.people * sum(group.change(column) for column in CONTRIBUTIONS)
        yield f"| {ringgit(group.wage_over)} | {to} | {group.people:,} | {' | '.join(cells)} | {thousands(cost)} |"


def _before_and_after(group: Group, column: Column) -> str:
    before, after = group.before[column.name], group.after[column.name]
    if before == after:
        return ringgit(before)
    change = f" ({'+' if after > before else ''}{percent(_share(group, column))})" if before else ""
    return f"{ringgit(before)} → {ringgit(after)}{change}"


def percent(share: Fraction) -> str:
    """A share as a percentage with two decimals, half up."""
    return f"{'-' if share < 0 else ''}{ringgit(half_up(abs(share) * 10_000))} %"


def thousands(sen: Sen) -> str:
    """An amount in ringgit with separators, for reading only."""
    whole, _, cents = ringgit(abs(sen)).partition(".")
    return f"{'-' if sen < 0 else ''}{int(whole):,}.{cents}"


def write_groups(file: Path, months: tuple[MonthOfEffects, ...]) -> None:
    """Every group of every month with both laws' amounts, as CSV in ringgit."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        names = [f"{column.name}, {which}" for column in COLUMNS for which in ("before", "after")]
        who = ["category", "act800", "skbbk", "plan", "housewife"]
        writer.writerow(["month", "wage_over", "wage_to", *who, "people", *names])
        for month in months:
            for group in month.groups:
                writer.writerow([month.month, *_csv_cells(group)])


def _csv_cells(group: Group) -> list[str | int]:
    person = group.person
    yes_no = ("yes" if flag else "no" for flag in (person.insured, person.takes_part))
    who = (person.category.value, *yes_no, person.plan, "yes" if person.housewife else "no")
    to = "" if group.wage_to is None else ringgit(group.wage_to)
    amounts = (ringgit(law[column.name]) for column in COLUMNS for law in (group.before, group.after))
    return [ringgit(group.wage_over), to, *who, group.people, *amounts]


def draw(file: Path, overlay: Overlay, month: MonthOfEffects) -> None:
    """The distribution as SVG: people by wage, and by how much each amount rises there."""
    os.environ.setdefault("MPLCONFIGDIR", str(file.parent / ".matplotlib"))
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "jaring"
    from matplotlib import pyplot

    groups = [group for group in month.groups if group.wage_to is not None or group.people]
    lefts = [group.wage_over / 100 for group in groups]
    last = max(lefts) + 1_000
    widths = [(group.wage_to / 100 if group.wage_to is not None else last) - group.wage_over / 100 for group in groups]
    figure, (top, bottom) = pyplot.subplots(2, 1, sharex=True, figsize=(10, 7), layout="constrained")
    top.bar(lefts, [group.people for group in groups], widths, align="edge", color="#2f6f8f")
    top.set_ylabel("people (the last bar: all above)")
    top.set_title(f"{overlay.title}\n{month.month}")
    for column in COLUMNS:
        points = [
            (left, float(_share(group, column)) * 100)
            for left, group in zip(lefts, groups, strict=True)
            if group.before[column.name]
        ]
        if any(share for _, share in points):
            bottom.step([left for left, _ in points], [share for _, share in points], where="post", label=column.name)
    bottom.set_ylabel("rise of the amount, %")
    bottom.set_xlabel("monthly wage, RM")
    if bottom.get_legend_handles_labels()[0]:
        bottom.legend(fontsize="small")
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def main(environment: dict[str, str]) -> int:
    """Simulate what LAW and POPULATION name and write it to OUT; 1 when one cannot be read or cannot matter."""
    try:
        folder = named(environment.get("LAW") or DEFAULT_LAW)
        overlay, people = Overlay.load(folder), population(environment.get("POPULATION") or DEFAULT_POPULATION)
        months = simulate(overlay, people)
    except JaringError as fault:
        sys.stdout.write(f"{type(fault).title}: {fault.detail}\n")
        return 1
    out = Path(environment.get("OUT") or Path(".state") / "simulations" / folder.name)
    out.mkdir(parents=True, exist_ok=True)
    text = "\n".join(report(overlay, people, months)) + "\n"
    (out / "report.md").write_text(text, encoding="utf-8")
    write_groups(out / "groups.csv", months)
    draw(out / "distribution.svg", overlay, month_to_show(months))
    sys.stdout.write(f"{text}\nWritten to {out}: report.md, groups.csv (in ringgit), distribution.svg\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(dict(os.environ)))
