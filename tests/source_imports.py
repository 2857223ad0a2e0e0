"""What each file of the project imports, read from the source without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Import:
    """One name that a module imports.

    Attributes:
        name: with all its dots; what follows the module's own name is what is taken from it.
        at_import: False where it waits inside a function, or serves the type checker alone.
    """

    name: str
    at_import: bool


def find_modules() -> dict[str, Path]:
    """Return every Python file of the project by its module's name."""
    modules = {}
    for path in sorted([*ROOT.glob("*.py"), *ROOT.glob("[a-z]*/**/*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] != "workspace":  # what the user makes is no part of the project
            modules[".".join(parts).removesuffix(".__init__")] = path
    return modules


MODULES = find_modules()


def place_of(module: str) -> str:
    """Return the place of a module: a folder at the top, or a room of xray_core.

    >>> place_of("pages.diagnose"), place_of("xray_core.images.decode"), place_of("xray_core")
    ('pages', 'images', 'xray_core')
    """
    return module.removeprefix("xray_core.").split(".")[0]


def project_module(name: str) -> str | None:
    """Return the module of this project that an imported name belongs to, or None."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or None


def read_imports(module: str) -> list[Import]:
    """Return what a module imports, in its order."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]

    def visit(node: ast.AST, at_import: bool) -> Iterator[Import]:
        match node:
            case ast.Import():
                yield from (Import(alias.name, at_import) for alias in node.names)
            case ast.ImportFrom():
                above = package.split(".")[: -node.level + 1 or None] if node.level else []
                source = ".".join([*above, node.module or ""]).strip(".")
                yield from (Import(f"{source}.{alias.name}", at_import) for alias in node.names)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, at_import and not _waits(node))

    return list(visit(ast.parse(path.read_text()), True))


def _waits(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


IMPORTS = {module: read_imports(module) for module in MODULES}
