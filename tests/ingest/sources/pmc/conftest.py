"""Read an article of ours, and take its cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.case import Case
from ingest.sources.pmc.article import ParsedArticle
from ingest.sources.pmc.build import build_cases
from ingest.sources.pmc.hardened_xml import parse_xml
from ingest.sources.pmc.jats import articles_of, read_jats


@pytest.fixture
def article_of() -> Callable[[str], ParsedArticle]:
    def read(text: str) -> ParsedArticle:
        return read_jats(next(articles_of(parse_xml(text.encode(), "article.xml"))))

    return read


@pytest.fixture
def cases_of(article_of: Callable[[str], ParsedArticle]) -> Callable[[str], list[Case]]:
    def read(text: str) -> list[Case]:
        return [built.case for built in build_cases(article_of(text), "article.xml")]

    return read
