"""Questions to the knowledge graph: what stands around a node, paths, what cases share, numbers over cohorts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casegraph.engines import Engines
from casegraph.filters import node_named, resolved
from casegraph.node_facts import filter_of, properties_in_words
from ingest.annotation.asked import asked_findings
from ingest.concepts.diagnosis import Step, diagnosis_codes, diagnosis_concept_id, explain_diagnosis
from ingest.errors import InputError, UnknownCase
from ingest.store.filters import AllOf, Contains, Filter
from ingest.vocabulary import Modality, Region
from kg.export.export import ExportFormat, GraphExportReport, export_graph, format_of
from kg.questions import paths
from kg.questions.cases_at import cases_at, cases_of_each
from kg.questions.cohort import Cohort, Share, cohort
from kg.questions.communities import SEED, Community, communities
from kg.questions.differential import Differential, differential
from kg.questions.groups import (
    FEW,
    PAGE_SIZE,
    Group,
    Members,
    groups_at,
    members_of,
    members_of_few,
    relationships_between,
)
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
from kg.questions.paths import Path as GraphPath
from kg.questions.placed import PlacedFinding, placed_findings
from kg.questions.shared import KINDS, Comparison, SharingCase, Thing, cases_sharing, shared
from kg.questions.wording import KINDS_IN_WORDS, WORDS, kind_in_words
from kg.schema import Label, NodeKey, RelationshipType

__all__ = [
    "FEW",
    "KINDS",
    "KINDS_IN_WORDS",
    "MAX_STEPS",
    "PAGE_SIZE",
    "SEED",
    "WORDS",
    "Cohort",
    "Comparison",
    "Counts",
    "DiagnosisExplanation",
    "Differential",
    "ExportFormat",
    "FoundNode",
    "GraphExportReport",
    "GraphPath",
    "GraphQuestions",
    "Group",
    "Label",
    "Members",
    "Node",
    "PlacedFinding",
    "Relationship",
    "RelationshipType",
    "Share",
    "Subgraph",
    "Thing",
    "filter_of",
    "kind_in_words",
    "properties_in_words",
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
class FoundNode(Node):
    """A node that was looked for.

    Attributes
    ----------
    cases : int
        How many cases there are of it.
    title : str
        The title of a case; empty of anything else.
    """

    cases: int = 0
    title: str = ""


@dataclass(frozen=True)
class GraphQuestions:
    """What one may ask of the knowledge graph of one workspace."""

    _engines: Engines

    def node_key(self, named: str) -> str:
        """Return the key of the node that a reader named: ``Label:key``, the id of a case, or a diagnosis in words."""
        return node_named(self._engines, named)

    def counts(self) -> Counts:
        """Count nodes by label and relationships by type."""
        return counts(self._engines.graph)

    def find(self, words: str, *, label: Label | None = None, limit: int = 20) -> list[FoundNode]:
        """Find nodes by words of their names and synonyms, and cases by those of their titles too.

        What is called just so comes first, what no case has last.

        Raises
        ------
        InputError
            If there is no word.
        """
        graph = self._engines.graph
        named = {node.key: node for node in find_nodes(graph, words, label=label, limit=limit)}
        if label in (None, Label.CASE):
            for case_id in self._titled(words, limit - len(named)):
                key = f"{Label.CASE}:{case_id}"
                named.setdefault(key, require_node(graph, key))
        cases = cases_of_each(graph, named)
        found = [self._found(node, len(cases[key])) for key, node in named.items()]
        return sorted(found, key=lambda node: (not node.cases, node.label is Label.PATIENT))  # a patient is as its case

    def _titled(self, words: str, limit: int) -> list[str]:
        """Return the ids of the cases whose titles have all of the words."""
        if limit <= 0:
            return []
        where = AllOf(tuple(Contains("title", word) for word in words.split()))
        return [stored.case.case_id for stored in self._engines.store.page(where, limit=limit).cases]

    def _found(self, node: Node, cases: int) -> FoundNode:
        title = self._engines.store.get(node.properties["case_id"]).case.title if node.label is Label.CASE else ""
        return FoundNode(node.key, node.label, node.name, node.properties, cases, title)

    def node(self, named: str) -> Node:
        """Return one node, named as `node_key` takes it."""
        return require_node(self._engines.graph, self.node_key(named))

    def groups(self, node: str) -> tuple[Group, ...]:
        """Return what stands at a node as groups with counts, the node named as `node_key` takes it."""
        return groups_at(self._engines.graph, self.node_key(node))

    def members(self, node: str, group: str, *, page: int = 1, size: int = PAGE_SIZE) -> Members:
        """Return one page of a group of a node, the group named as `groups` does."""
        return members_of(self._engines.graph, self.node_key(node), group, page=page, size=size)

    def members_of_few(self, node: str, groups: Sequence[Group]) -> Mapping[str, tuple[Node, ...]]:
        """Return the nodes of those of a node's groups that have few, by the names of the groups."""
        return members_of_few(self._engines.graph, self.node_key(node), groups)

    def between(self, keys: Collection[str]) -> tuple[Relationship, ...]:
        """Return the relationships between nodes, given by their keys."""
        return relationships_between(self._engines.graph, keys)

    def cases_at(self, node: str) -> list[str]:
        """Return the ids of the cases of a node, named as `node_key` takes it."""
        return cases_at(self._engines.graph, self.node_key(node))

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
            raise InputError(
                f"a location question must name exactly one finding; this one names: {named}. Ask for one at a time."
            )
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

    def cohort(
        self,
        where: str | Filter | None = None,
        *,
        diagnosis: str | None = None,
        node: str | None = None,
        findings: int = 20,
    ) -> Cohort:
        """Count age, sex, regions, modalities and findings of the cases that match.

        Parameters
        ----------
        diagnosis : str, optional
            Only cases with it, as its concept or its name.
        node : str, optional
            Only cases of it, named as `node_key` takes it.
        """
        engines = self._engines
        case_ids = set(engines.store.case_ids(resolved(engines, where)))
        if diagnosis:
            concept_id = diagnosis if diagnosis.startswith("diagnosis:") else _concept_id(diagnosis)
            case_ids &= set(cases_at(engines.graph, str(NodeKey(Label.DIAGNOSIS, concept_id))))
        if node:
            case_ids &= set(self.cases_at(node))
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
        raise InputError(f"{name!r} is not a diagnosis. Write one in words, for example 'Renal cell carcinoma'.")
    return concept_id
