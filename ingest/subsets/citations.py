"""The works that a data set is made of, as BibTeX: an entry for each article, and for each case that has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO

from ingest.case import Case
from ingest.subsets.item import citation_of

_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        **{letter: f"\\{letter}" for letter in "&%$#_"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


class Citations:
    """Writes each work once, when the first item of it comes."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._written: set[str] = set()

    @property
    def count(self) -> int:
        """How many works there are."""
        return len(self._written)

    def write(self, case: Case) -> None:
        """Write the entry of the work that a case is from."""
        key = bibtex_key(case)
        if key not in self._written:
            self._written.add(key)
            self._file.write(bibtex_entry(case))


def bibtex_key(case: Case) -> str:
    """Return the name of an entry: the id of the article, or of the case."""
    article = case.article
    return re.sub(r"[^A-Za-z0-9_:.-]", "_", article.article_id if article else case.case_id)


def bibtex_entry(case: Case) -> str:
    """Return the entry of the work that a case is from."""
    kind = "article" if case.article else "misc"
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(case))
    return f"@{kind}{{{bibtex_key(case)},\n{fields}}}\n\n"


def _fields(case: Case) -> Iterator[tuple[str, str]]:
    article, said = case.article, case.source_values
    if article is None:
        yield "title", _escaped(case.title)
        yield "howpublished", _escaped(f"Case {case.short_id} of {case.source}")
        return
    pairs = {
        "author": _names(said.get("article.authors") or ""),
        "title": _escaped(said.get("article.title") or citation_of(case)),
        **{name: _escaped(said.get(f"article.{name}") or "") for name in ("journal", "year", "doi", "pmcid", "pmid")},
        "note": _escaped(f"Licence: {article.licence}" if article.licence else ""),
    }
    yield from ((name, value) for name, value in pairs.items() if value)


def _names(authors: str) -> str:
    """Return names as they stand, each in brackets so that BibTeX does not guess which part is the surname."""
    return " and ".join(f"{{{_escaped(name)}}}" for name in authors.split("; ") if name)


def _escaped(text: str) -> str:
    return " ".join(text.split()).translate(_SPECIAL)
