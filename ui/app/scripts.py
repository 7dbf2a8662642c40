"""Scripts of components: several modules of JavaScript handed over as one.

Streamlit serves no folder of a package that is not named like its distribution.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import resources

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./\w+\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def as_one_script(package: str, modules: Sequence[str]) -> str:
    """Return modules as one script, each after those that it imports: without the imports among them."""
    folder = resources.files(package)
    texts = [folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in modules]
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts)


def styles(package: str, name: str) -> str:
    """Return the style sheet of a component."""
    return resources.files(package).joinpath(f"{name}.css").read_text(encoding="utf-8")
