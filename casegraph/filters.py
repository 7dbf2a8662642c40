"""A filter over documents, graph and classifier as one over documents alone.

Graph and classifier answer first: the cases or images that they name stand in the place of the condition.
"""

from __future__ import annotations

from casegraph.cases import as_filter
from casegraph.engines import Engines
from casegraph.image_labels import images_labelled
from casegraph.labels import TASKS
from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.errors import InvalidFilter, UnknownCase
from ingest.spelling import did_you_mean
from ingest.store.filters import Classified, Condition, Filter, OneOf, Within, transformed
from kg.questions.neighbourhood import require_node
from kg.questions.within import cases_within
from kg.schema import Label, NodeKey


def resolved(engines: Engines, where: str | Filter | None) -> Filter | None:
    """Return the filter with the answers of graph and classifier in the place of what asks them.

    Raises
    ------
    InvalidFilter, UnknownCase
        If it cannot be read, or names a node or a task that there is not.
    EngineError, StaleProjection
        If the graph or the classifier is asked and cannot be used.
    """
    asked = as_filter(where)
    return None if asked is None else transformed(asked, lambda condition: _answered(engines, condition))


def _answered(engines: Engines, condition: Condition) -> Filter:
    match condition:
        case Within(node, steps):
            return OneOf("case_id", tuple(sorted(cases_within(engines.graph, node_named(engines, node), steps))))
        case Classified(task, labels):
            return OneOf("image_id", tuple(_images_shown_as(engines, task, labels)))
        case _:
            return condition


def node_named(engines: Engines, named: str) -> str:
    """Return the key of the node that a reader named: ``Label:key``, the id of a case, or a diagnosis in words.

    Raises
    ------
    UnknownCase
        If it is the id of no case and the graph has no diagnosis of that name.
    EngineError
        If a diagnosis is looked for and the graph cannot be used.
    """
    if named.partition(":")[0] in set(Label):
        return named
    try:
        return str(NodeKey(Label.CASE, engines.store.get(named).case.case_id))
    except UnknownCase as unknown:
        return _diagnosis_named(engines, named, unknown)


def _diagnosis_named(engines: Engines, named: str, unknown: UnknownCase) -> str:
    """Return the key of a diagnosis in words, where what was named is no case. Raises UnknownCase."""
    concept_id = diagnosis_concept_id(named)
    if concept_id is None:
        raise unknown
    try:
        return require_node(engines.graph, str(NodeKey(Label.DIAGNOSIS, concept_id))).key
    except UnknownCase as error:
        said = f"no diagnosis is called '{named}', and {unknown.sentence}"
        raise UnknownCase(said, remedy=unknown.remedy) from error


def _images_shown_as(engines: Engines, task: str, labels: tuple[str, ...]) -> list[str]:
    """Return the ids of the images of which the classifier is sure that they show one of these labels."""
    if task not in TASKS:
        raise InvalidFilter(f"the classifier has no task '{task}'. {did_you_mean(task, TASKS) or ', '.join(TASKS)}")
    return images_labelled(engines, task, labels)
