"""What the product imports, it declares; what it declares, the page explains."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "dependencies.md"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
OURS = set(PYPROJECT["tool"]["coverage"]["run"]["source"])


def distribution_of(requirement: str) -> str:
    """Return the name of a requirement as package indexes compare names."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def modules_imported() -> dict[str, Path]:
    """Return each top-level module that a file of the product imports, at its top or later, with one such file."""
    files = (path for name in OURS for path in [ROOT / f"{name}.py", *(ROOT / name).rglob("*.py")] if path.is_file())
    return {module: path for path in sorted(files) for module in imports_of(path)}


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def declared(*groups: list[str]) -> set[str]:
    return {distribution_of(requirement) for group in groups for requirement in group}


RUN = declared(PYPROJECT["project"]["dependencies"])
EXTRAS = declared(*PYPROJECT["project"]["optional-dependencies"].values())
DEVELOPMENT = declared(*PYPROJECT["dependency-groups"].values())
IMPORTED = {name: path for name, path in modules_imported().items() if name not in OURS | sys.stdlib_module_names}


@pytest.mark.parametrize("module", sorted(IMPORTED))
def test_an_imported_library_is_a_declared_dependency(module):
    brought_by = {distribution_of(name) for name in packages_distributions().get(module, ())}
    assert brought_by & (RUN | EXTRAS), f"{IMPORTED[module].relative_to(ROOT)} imports {module}; declare {brought_by}"


def test_libraries_of_every_package_are_looked_at():
    assert {"pymongo", "neo4j", "torch", "faiss", "streamlit"} <= set(IMPORTED)


@pytest.mark.parametrize("name", sorted(RUN | EXTRAS | DEVELOPMENT))
def test_the_page_says_what_a_dependency_is_for(name):
    words = re.findall(r"[\w.-]+", re.sub(r"\[[a-z]+\]", "", PAGE.read_text()))
    assert name in {distribution_of(word.rstrip(".")) for word in words if word.strip(".-")}
