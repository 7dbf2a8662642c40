"""Questions to the knowledge graph: what stands around a node, paths, what cases share, numbers over cohorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casegraph.cases import as_filter
from casegraph.engines import Engines
from ingest.annotation.asked import asked_findings
from ingest.concepts.diagnosis import Step, diagnosis_codes, diagnosis_concept_id, explain_diagnosis
from ingest.errors import InputError, UnknownCase
from ingest.store.filters import Filter
from ingest.vocabulary import Modality, Region
from kg.export.export import ExportFormat, GraphExportReport, export_graph, format_of
from kg.questions import paths
from kg.questions.cohort import Cohort, Share, cases_with_diagnosis, cohort
from kg.questions.communities import SEED, Community, communities
from kg.questions.differential import Differential, differential
from kg.questions.neighbourhood import (
    HUBS,
    Counts,
    Node,
    Relationship,
    Subgraph,
    counts,
    find_nodes,
    neighbourhood,
    require_node,
)
from kg.questions.paths import MAX_STEPS
from kg.questions.placed import PlacedFinding, placed_findings
from kg.questions.shared import KINDS, Comparison, SharingCase, Thing, cases_sharing, shared
from kg.schema import Label, NodeKey, RelationshipType

__all__ = [
    "KINDS",
    "MAX_STEPS",
    "SEED",
    "Cohort",
    "Comparison",
    "Counts",
    "DiagnosisExplanation",
    "Differential",
    "ExportFormat",
    "GraphExportReport",
    "GraphQuestions",
    "Label",
    "Node",
    "PlacedFinding",
    "Relationship",
    "RelationshipType",
    "Share",
    "Subgraph",
    "Thing",
]


@dataclass(frozen=True)
class DiagnosisExplanation:
    """Which diagnosis a name belongs to.

    Attributes
    ----------
    steps : tuple of Step
        The rules that lead to it.
    codes : mapping
        Its codes by scheme.
    names : tuple of str
        Its names in the workspace, the most frequent first.
    """

    concept_id: str
    steps: tuple[Step, ...]
    codes: Mapping[str, str]
    names: tuple[str, ...]


@dataclass(frozen=True)
class GraphQuestions:
    """What one may ask of the knowledge graph of one workspace."""

    _engines: Engines

    def node_key(self, named: str) -> str:
        """Return the key of the node that a reader named: ``Label:key``, or the id of a case."""
        if named.partition(":")[0] in set(Label):
            return named
        return f"{Label.CASE}:{self._case_id(named)}"

    def counts(self) -> Counts:
        """Count nodes by label and relationships by type."""
        return counts(self._engines.graph)

    def find(self, words: str, *, label: Label | None = None, limit: int = 20) -> list[Node]:
        """Find nodes by part of their name."""
        return find_nodes(self._engines.graph, words, label=label, limit=limit)

    def around(self, node: str, *, depth: int = 1, limit: int = 100) -> Subgraph:
        """Return what stands around a node, named as `node_key` takes it."""
        return neighbourhood(self._engines.graph, self.node_key(node), depth=depth, limit=limit)

    def paths(self, start: str, end: str, *, limit: int = 5, hubs: bool = False) -> list[paths.Path]:
        """Return the shortest paths between two nodes, those over rare things first.

        Parameters
        ----------
        hubs : bool
            Lead over modality, region and exam as well.
        """
        ends = self.node_key(start), self.node_key(end)
        return paths.shortest_paths(self._engines.graph, *ends, limit=limit, without=() if hubs else HUBS)

    def compare(self, case_a: str, case_b: str) -> Comparison:
        """Say what two cases share and what only one of them has."""
        return shared(self._engines.graph, self._case_id(case_a), self._case_id(case_b))

    def placed(self, question: str) -> list[PlacedFinding]:
        """Return the findings of cases that answer a question such as "mass in the left kidney".

        Raises
        ------
        InputError
            If the question names no finding, or more than one.
        """
        asked = asked_findings(question)
        if len(asked) != 1:
            named = ", ".join(one.concept_id for one in asked) or "none"
            raise InputError(f"a question for a place names one finding, this one: {named}. Ask for one at a time.")
        return placed_findings(self._engines.graph, asked[0])

    def cases_sharing(
        self, case_id: str | None = None, *, concept_ids: Sequence[str] = (), limit: int = 10
    ) -> list[SharingCase]:
        """Rank the cases that share most of what is rare with a case, or with some concepts."""
        known = self._case_id(case_id) if case_id else None
        return cases_sharing(self._engines.graph, case_id=known, concept_ids=concept_ids, k=limit)

    def differential(
        self,
        findings: Sequence[str],
        *,
        absent: Sequence[str] = (),
        region: Region | None = None,
        modality: Modality | None = None,
        limit: int = 10,
    ) -> Differential:
        """Rank the diagnoses of cases that show some findings and not others."""
        return differential(self._engines.graph, findings, absent=absent, region=region, modality=modality, limit=limit)

    def cohort(self, where: str | Filter | None = None, *, diagnosis: str | None = None, findings: int = 20) -> Cohort:
        """Count age, sex, regions, modalities and findings of the cases that match.

        Parameters
        ----------
        diagnosis : str, optional
            Only cases with it, as its concept or its name.
        """
        engines = self._engines
        case_ids = set(engines.store.case_ids(as_filter(where)))
        if diagnosis:
            concept_id = diagnosis if diagnosis.startswith("diagnosis:") else _concept_id(diagnosis)
            case_ids &= set(cases_with_diagnosis(engines.graph, str(NodeKey(Label.DIAGNOSIS, concept_id))))
        return cohort(engines.graph, case_ids, findings=findings)

    def communities(self, *, seed: int = SEED) -> list[Community]:
        """Group the cases into communities of like ones, named by what they share."""
        return communities(self._engines.graph, seed=seed)

    def explain_diagnosis(self, name: str) -> DiagnosisExplanation:
        """Explain which diagnosis a name belongs to. Raises InputError where it is no name."""
        concept_id = _concept_id(name)
        codes = dict(diagnosis_codes(concept_id))
        return DiagnosisExplanation(concept_id, explain_diagnosis(name), codes, self._names_of(concept_id))

    def _names_of(self, concept_id: str) -> tuple[str, ...]:
        """Return the names under which the cases have a diagnosis, the most frequent first."""
        try:
            node = require_node(self._engines.graph, f"{Label.DIAGNOSIS}:{concept_id}")
        except UnknownCase:
            return ()
        return (node.name, *node.properties.get("aliases", []))

    def export(self, file: Path, written_as: ExportFormat | None = None) -> GraphExportReport:
        """Write the whole graph into a file, in the format that its ending names where none is given."""
        return export_graph(self._engines.graph, file, written_as or format_of(file))

    def _case_id(self, named: str) -> str:
        return self._engines.store.get(named).case.case_id


def _concept_id(name: str) -> str:
    concept_id = diagnosis_concept_id(name)
    if concept_id is None:
        raise InputError(f"{name!r} is no name. Write a diagnosis in words, for example 'Renal cell carcinoma'.")
    return concept_id
