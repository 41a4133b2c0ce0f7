"""Two kinds of import rule that import-linter does not bring: a room's only imports, and a package's only importers.

Both bear rooms and packages that are not there yet, so that a rule stands before its first file does. Tests beside the
code are exempt: they may import what they test with.
"""

import sys
from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

import grimp
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules
from importlinter.domain.imports import ModuleExpression

Link = tuple[str, str]


class _LinksContract(Contract):
    """What both kinds share: they look at direct imports, and name each that is not allowed."""

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002
        """Find the forbidden imports in the graph."""
        links = sorted(link for link in self.forbidden(graph) if not _is_test(link[0]))
        lines = [(link, _line(graph, link)) for link in links]
        return ContractCheck(kept=not links, metadata={"links": lines})

    @abstractmethod
    def forbidden(self, graph: grimp.ImportGraph) -> Iterable[Link]:
        """Importer and imported of each import that the rule refuses."""

    def _option(self, name: str) -> set[Any]:
        """What the configuration says: import-linter sets it on the instance in place of the declared field."""
        value: set[Any] = getattr(self, name)
        return value

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each forbidden import with its line."""
        for (importer, imported), line in check.metadata["links"]:
            output.print_error(f"- {importer} -> {imported} (l. {line})", bold=False)


class OnlyContract(_LinksContract):
    """`modules` import the standard library, themselves and `allowed`, and nothing else."""

    type_name = "only"
    modules = fields.SetField(subfield=fields.ModuleExpressionField())
    allowed = fields.SetField(subfield=fields.StringField())

    def forbidden(self, graph: grimp.ImportGraph) -> Iterable[Link]:
        """Imports that leave the room for anything that the rule does not name."""
        allowed = self._option("allowed") | sys.stdlib_module_names
        for room in _modules(graph, self._option("modules")):
            for importer in {room, *graph.find_descendants(room)}:
                for imported in graph.find_modules_directly_imported_by(importer):
                    if not any(_within(imported, name) for name in (room, *allowed)):
                        yield importer, imported


class ReservedContract(_LinksContract):
    """Only `importers` import `reserved`, which may be packages from outside."""

    type_name = "reserved"
    reserved = fields.SetField(subfield=fields.StringField())
    importers = fields.SetField(subfield=fields.ModuleExpressionField())

    def forbidden(self, graph: grimp.ImportGraph) -> Iterable[Link]:
        """Imports of what is reserved by anybody else."""
        reserved = self._option("reserved")
        allowed = reserved | _modules(graph, self._option("importers"))
        for module in graph.modules:
            if not any(_within(module, name) for name in reserved):
                continue
            for importer in graph.find_modules_that_directly_import(module):
                if not any(_within(importer, name) for name in allowed):
                    yield importer, module


def _modules(graph: grimp.ImportGraph, expressions: Iterable[ModuleExpression]) -> set[str]:
    present = {e for e in expressions if e.has_wildcard_expression() or e.expression in graph.modules}
    return {module.name for module in module_expressions_to_modules(graph, present)}


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def _is_test(module: str) -> bool:
    return "tests" in module.split(".")


def _line(graph: grimp.ImportGraph, link: Link) -> object:
    details = graph.get_import_details(importer=link[0], imported=link[1])
    return details[0]["line_number"] if details else "?"
