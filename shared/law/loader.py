"""Reads the statute book: a YAML file a figure, in folders shaped like the Acts; the path is the figure's name.

The YAML is composed, not constructed: nodes know their line and their type, so that a fault is named with both.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from shared.law.checks import CHECKS, check_table
from shared.law.errors import BookError
from shared.law.figures import Certainty, Entry, Figure, Unit, Value, parse_names, parse_scalar
from shared.law.table import Cell, Table, check_most, fault_of_columns, most_of, read_table

READINGS = "readings.yaml"
_PASSED_OVER = frozenset(("tests", "overlays", READINGS))
_PATH_PART = re.compile(r"[a-z][a-z0-9_]*")
_FIGURE_FIELDS = {
    "title": True, "title_ms": False, "unit": True, "columns": False, "checks": False, "entered": False,
    "ends": False, "most": False, "entries": True,
}  # fmt: skip
_ENTRY_FIELDS = {
    "in_force": True, "known": True, "value": True, "law": True, "source": True, "certainty": True, "reason": False,
}  # fmt: skip


def load_figures(root: Path) -> dict[str, Figure]:
    """Every figure under a folder by name; tests, overlays and open readings are passed over. Raises `BookError`."""
    paths = sorted(path for path in root.rglob("*.yaml") if not _PASSED_OVER & set(path.relative_to(root).parts))
    figures = [Source(root, path).figure() for path in paths]
    return {figure.name: figure for figure in figures}


@dataclass(frozen=True)
class Source:
    """One YAML file of the book, and what its nodes are to say; each fault is raised with its line as `BookError`."""

    root: Path
    path: Path

    @property
    def shown_as(self) -> str:
        return self.path.relative_to(self.root).as_posix()

    def fail(self, line: int, fact: str) -> BookError:
        return BookError(self.shown_as, line, fact)

    def figure(self) -> Figure:
        fields = self.fields(self.document(), _FIGURE_FIELDS)
        unit = self.unit(fields["unit"])
        columns, checks, entered = self.columns(fields, unit), self.checks(fields), self.says(fields, "entered")
        ends, most = self.says(fields, "ends"), self.most(fields, columns)
        name = self.name()
        # What officers enter may have no entry before the first one.
        nodes = [] if entered and _is_empty(fields["entries"]) else self.items(fields["entries"], "entries")
        entries = tuple(self.entry(node, name, unit, columns, checks) for node in nodes)
        self.check_order(entries, nodes)
        self.check_values(entries, nodes, most, may_end=ends or not entered)
        title_ms = self.text(fields["title_ms"], "title_ms") if "title_ms" in fields else ""
        title = self.text(fields["title"], "title")
        return Figure(name, title, title_ms, unit, entries, columns, checks, entered, ends, most)

    def name(self) -> str:
        parts = self.path.relative_to(self.root).with_suffix("").parts
        if not all(_PATH_PART.fullmatch(part) for part in parts):
            raise self.fail(1, "folders and files are named in snake_case")
        return ".".join(parts)

    def document(self) -> yaml.Node:
        try:
            node = yaml.compose(self.path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            raise self.fail(mark.line + 1 if mark else 1, f"this is not YAML: {error}") from error
        if node is None:
            raise self.fail(1, "the file is empty")
        return node

    def fields(self, node: yaml.Node, known: dict[str, bool]) -> dict[str, yaml.Node]:
        """The fields of a mapping by name, checked against the known ones, of which True marks the mandatory."""
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(_line(node), f"the fields {', '.join(known)} are expected here")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if key.value not in known:
                raise self.fail(_line(key), f"unknown field {key.value!r}")
            if key.value in found:
                raise self.fail(_line(key), f"the field {key.value!r} is given twice")
            found[key.value] = value
        missing = [name for name, mandatory in known.items() if mandatory and name not in found]
        if missing:
            raise self.fail(_line(node), f"missing: {', '.join(missing)}")
        return found

    def items(self, node: yaml.Node, field: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self.fail(_line(node), f"{field} is a list with at least one item")
        return list(node.value)

    def text(self, node: yaml.Node, field: str) -> str:
        if _tag(node) != "str" or not node.value.strip():
            raise self.fail(_line(node), f"{field} is a text")
        return str(node.value)

    def day(self, node: yaml.Node, field: str) -> date:
        try:
            return date.fromisoformat(node.value if _tag(node) == "timestamp" else "")
        except ValueError as error:
            raise self.fail(_line(node), f"{field} is a date such as 2013-01-01") from error

    def unit(self, node: yaml.Node) -> Unit:
        text = self.text(node, "unit")
        if text not in set(Unit):
            raise self.fail(_line(node), f"unknown unit {text!r}; units are {', '.join(Unit)}")
        return Unit(text)

    def certainty(self, node: yaml.Node) -> Certainty:
        text = self.text(node, "certainty")
        if text not in set(Certainty):
            raise self.fail(_line(node), f"unknown certainty {text!r}; it is one of {', '.join(Certainty)}")
        return Certainty(text)

    def columns(self, fields: dict[str, yaml.Node], unit: Unit) -> dict[str, str]:
        if (unit is Unit.TABLE) != ("columns" in fields):
            raise self.fail(_line(fields["unit"]), "a table, and only a table, declares its columns")
        if unit is not Unit.TABLE:
            return {}
        node = fields["columns"]
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(_line(node), "columns are names with types")
        types = {key.value: self.text(value, "a column type") for key, value in node.value}
        fault = fault_of_columns(list(types.values()))
        if len(types) != len(node.value):
            fault = "two columns have the same name"
        if fault:
            raise self.fail(_line(node), fault)
        return types

    def checks(self, fields: dict[str, yaml.Node]) -> tuple[str, ...]:
        if "checks" not in fields:
            return ()
        if "columns" not in fields:
            raise self.fail(_line(fields["checks"]), "only a table is checked")
        nodes = self.items(fields["checks"], "checks")
        unknown = next((node for node in nodes if node.value not in CHECKS), None)
        if unknown is not None:
            raise self.fail(_line(unknown), f"unknown check {unknown.value!r}; checks are {', '.join(CHECKS)}")
        return tuple(node.value for node in nodes)

    def says(self, fields: dict[str, yaml.Node], field: str) -> bool:
        if field not in fields:
            return False
        node = fields[field]
        if _tag(node) != "bool" or node.value not in ("yes", "no"):
            raise self.fail(_line(node), f"{field} is yes or no")
        return bool(node.value == "yes")

    def most(self, fields: dict[str, yaml.Node], columns: dict[str, str]) -> Mapping[str, Cell]:
        if "most" not in fields:
            return {}
        node = fields["most"]
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(_line(node), "most is names of columns with a cell each")
        written = {key.value: self.text(value, "most") for key, value in node.value}
        return most_of(self.shown_as, _line(node), columns, written)

    def entry(
        self, node: yaml.Node, name: str, unit: Unit, columns: dict[str, str], checks: tuple[str, ...] = ()
    ) -> Entry:
        fields = self.fields(node, _ENTRY_FIELDS)
        certainty = self.certainty(fields["certainty"])
        if certainty is Certainty.GAZETTED:
            raise self.fail(_line(fields["certainty"]), "gazetted is what officers enter, and stands in no file")
        if certainty is Certainty.ASSUMED and "reason" not in fields:
            raise self.fail(_line(node), "an assumed entry gives its reason")
        return Entry(
            figure=name,
            unit=unit,
            in_force=self.day(fields["in_force"], "in_force"),
            known=self.day(fields["known"], "known"),
            value=self.value(fields["value"], unit, columns, checks),
            law=self.text(fields["law"], "law"),
            source=self.text(fields["source"], "source"),
            certainty=certainty,
            reason=self.text(fields["reason"], "reason") if "reason" in fields else "",
        )

    def value(self, node: yaml.Node, unit: Unit, columns: dict[str, str], checks: tuple[str, ...] = ()) -> Value | None:
        if _tag(node) == "null":
            return None
        if _tag(node) == "float":
            raise self.fail(_line(node), f"{node.value} is a float; write a quoted text or a whole number")
        try:
            if unit is Unit.NAMES and isinstance(node, yaml.SequenceNode):
                return parse_names([item.value if _tag(item) == "str" else "" for item in node.value])
            if unit is not Unit.TABLE:
                return parse_scalar(unit, _tag(node), node.value)
        except ValueError as error:
            raise self.fail(_line(node), str(error)) from error
        table = self.path.parent / self.text(node, "value")
        if table.suffix != ".csv" or table.name != node.value or not table.is_file():
            raise self.fail(_line(node), "a table is the name of a CSV file beside the figure")
        shown_as = table.relative_to(self.root).as_posix()
        found = read_table(table, shown_as, columns)
        check_table(shown_as, found, checks)
        return found

    def check_order(self, entries: tuple[Entry, ...], nodes: list[yaml.Node]) -> None:
        lines = [_line(item) for item in nodes]
        if entries and entries[0].value is None:
            raise self.fail(lines[0], "the first entry cannot end the figure")
        for line, earlier, later in zip(lines[1:], entries, entries[1:], strict=False):
            if earlier.key == later.key:
                raise self.fail(line, "two entries have the same in_force and known")
            if later.key < earlier.key:
                raise self.fail(line, "entries are in the order of in_force, then known")

    def check_values(
        self, entries: tuple[Entry, ...], nodes: list[yaml.Node], most: Mapping[str, Cell], *, may_end: bool
    ) -> None:
        for entry, node in zip(entries, nodes, strict=True):
            if entry.value is None and not may_end:
                raise self.fail(_line(node), "a figure that officers enter ends only where it says so")
            if isinstance(entry.value, Table):
                self.check_most(entry.value, most, node)

    def check_most(self, table: Table, most: Mapping[str, Cell], node: yaml.Node) -> None:
        try:
            check_most(self.shown_as, table, most)
        except BookError as fault:
            raise self.fail(_line(node), f"row {fault.line - 1}: {fault.plain}") from fault


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.SequenceNode) and not node.value


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _tag(node: yaml.Node) -> str:
    return str(node.tag).rpartition(":")[2]
