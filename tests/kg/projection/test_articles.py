"""A case that an article reports stands in the graph with its article."""

from __future__ import annotations

from ingest.case import Case, Patient
from kg.projection.rows import project_case
from kg.schema import Label, NodeKey, RelationshipType

SAID = {"article.id": "PMC9", "article.licence": "CC BY 4.0", "article.year": "2021", "article.doi": "10.5555/9"}


def case(case_id: str, **values: str) -> Case:
    return Case(case_id, "pmc", Patient(case_id), source_values=values)


def test_cases_of_one_article_are_reported_in_one_node_with_licence_year_and_doi() -> None:
    article = NodeKey(Label.ARTICLE, "PMC9")
    for case_id in ("pmc:PMC9_01", "pmc:PMC9_02"):
        rows = project_case(case(case_id, **SAID))
        reported = [row for row in rows.relationships if row.type is RelationshipType.REPORTED_IN]
        assert [(row.source.key, row.target) for row in reported] == [(case_id, article)]
        (node,) = (row for row in rows.nodes if row.node == article)
        facts = {"licence": "CC BY 4.0", "year": "2021", "doi": "10.5555/9", "pmcid": "PMC9"}
        assert facts.items() <= node.properties.items()


def test_a_case_without_an_article_has_none() -> None:
    assert all(row.node.label is not Label.ARTICLE for row in project_case(case("medpix2:MPX1")).nodes)
