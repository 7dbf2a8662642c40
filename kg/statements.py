"""The statements that write the graph: data as parameters, safe to run twice.

Where one statement exists per label or type, a function puts it together from members of the enums; the return
type `LiteralString` makes the type checker refuse anything that comes from data. So there are finitely many
texts, and every one runs on Neo4j 5 and on ArcadeDB alike.
"""

from __future__ import annotations

from typing import Final, LiteralString

from kg.schema import KEY_PROPERTIES, MENTION_TYPES, Label, RelationshipType

# The key of a node whatever its label; `name` comes last, as most nodes have one and it is the key of few.
KEY_OF_N: Final = "coalesce(n.patient_id, n.case_id, n.image_id, n.concept_id, n.code, n.title, n.pmcid, n.name)"

# Goes on from the node s, found from `start`, only where it has at most $most relationships; no more are counted.
S_IS_NOT_COMMON: Final = (
    "CALL (s) { MATCH (s)-[x]-() RETURN x LIMIT $most + 1 } WITH s, start, count(x) AS number WHERE number <= $most"
)


def write_nodes(label: Label) -> LiteralString:
    """Rows of `key` and `properties`; properties that the row lacks go."""
    return f"UNWIND $rows AS row MERGE (n:{label.value} {{{KEY_PROPERTIES[label]}: row.key}}) SET n = row.properties"


def write_relationships(source: Label, kind: RelationshipType, target: Label) -> LiteralString:
    """Rows of `source`, `target` and `properties`."""
    mention = " {mention_id: row.properties.mention_id}" if kind in MENTION_TYPES else ""
    return (
        f"UNWIND $rows AS row MATCH (source:{source.value} {{{KEY_PROPERTIES[source]}: row.source}}) "
        f"MATCH (target:{target.value} {{{KEY_PROPERTIES[target]}: row.target}}) "
        f"MERGE (source)-[r:{kind.value}{mention}]->(target) SET r = row.properties"
    )


ANY_CASE: Final = "MATCH (c:Case) WITH c LIMIT 1 RETURN count(c) AS cases"
KNOWN_CASES: Final = "UNWIND $case_ids AS case_id MATCH (c:Case {case_id: case_id}) RETURN case_id"
# What the cases point at, and what their topics point at.
NEIGHBOURS: Final = (
    "UNWIND $case_ids AS case_id MATCH (c:Case {case_id: case_id})-[:HAS_IMAGE|ABOUT*0..1]->(o)-[r]->(n) "
    "WHERE type(r) <> 'SIMILAR_TO' "
    f"RETURN DISTINCT labels(n)[0] AS label, {KEY_OF_N} AS key"
)
PATIENTS: Final = (
    "UNWIND $case_ids AS case_id MATCH (c:Case {case_id: case_id})<-[:HAS_CASE]-(n:Patient) "
    "RETURN DISTINCT 'Patient' AS label, n.patient_id AS key"
)
# Everything that the documents say of these cases: of their images, of themselves, and whose they are.
FORGET: Final[tuple[LiteralString, ...]] = (
    "UNWIND $case_ids AS case_id MATCH (c:Case {case_id: case_id})-[:HAS_IMAGE]->(i:Image)-[r]->() DELETE r",
    "UNWIND $case_ids AS case_id MATCH (c:Case {case_id: case_id})-[r]->() DELETE r",
    "UNWIND $case_ids AS case_id MATCH (c:Case {case_id: case_id})<-[r:HAS_CASE]-() DELETE r",
)


def delete_nodes(label: Label) -> LiteralString:
    """Keys of nodes that go, with all their relationships."""
    return f"UNWIND $keys AS key MATCH (n:{label.value} {{{KEY_PROPERTIES[label]}: key}}) DETACH DELETE n"


def unused_nodes(label: Label) -> LiteralString:
    """Of these keys, those that nothing points at any more, each with what it points at itself.

    A patient is the one node that points at cases instead.
    """
    unused = "NOT (x)-->()" if label is Label.PATIENT else "NOT (x)<--()"
    return (
        f"UNWIND $keys AS key MATCH (x:{label.value} {{{KEY_PROPERTIES[label]}: key}}) WHERE {unused} "
        f"OPTIONAL MATCH (x)-->(n) RETURN key AS unused, labels(n)[0] AS label, {KEY_OF_N} AS key"
    )


NAMES_OF_DIAGNOSES: Final = (
    "UNWIND $keys AS key MATCH (d:Diagnosis {concept_id: key})<-[r:HAS_DIAGNOSIS|CONSIDERS]-(:Case) "
    "RETURN key, r.name AS name, count(*) AS times"
)
NAMES_SAID_BY_CASES: Final = (
    "UNWIND $case_ids AS case_id MATCH (c:Case {case_id: case_id})-[r:HAS_DIAGNOSIS|CONSIDERS]->(d:Diagnosis) "
    "RETURN d.concept_id AS key, r.name AS name, count(*) AS times"
)
# What cases other than these say of their patients.
FACTS_OF_PATIENTS: Final = (
    "UNWIND $keys AS key MATCH (p:Patient {patient_id: key})-[r:HAS_CASE]->(c:Case) "
    "WHERE NOT c.case_id IN $case_ids "
    "RETURN key, c.case_id AS case_id, r.sex AS sex, r.age_years AS age_years"
)
# A topic keeps a category or code for as long as some case says so.
FORGET_TOPICS: Final[tuple[LiteralString, ...]] = (
    "UNWIND $keys AS key MATCH (t:Topic {title: key})-[r:IN_CATEGORY]->(p:PathologyCategory) "
    "OPTIONAL MATCH (t)<-[a:ABOUT {pathology_category: p.name}]-() WITH r, count(a) AS cases WHERE cases = 0 DELETE r",
    "UNWIND $keys AS key MATCH (t:Topic {title: key})-[r:CODED_AS]->(p:AcrCode) "
    "OPTIONAL MATCH (t)<-[a:ABOUT {acr_code: p.code}]-() WITH r, count(a) AS cases WHERE cases = 0 DELETE r",
)

READ_PROJECTION: Final = (
    "MATCH (p:Projection {name: 'documents'}) RETURN p.sequence AS sequence, p.clearing AS clearing"
)
# Writing to the node takes its lock until the transaction ends: two projections of one graph cannot mix.
LOCK_PROJECTION: Final = (
    "MERGE (p:Projection {name: 'documents'}) ON CREATE SET p.sequence = 0, p.clearing = false "
    "SET p.locked = true RETURN p.sequence AS sequence"
)
WRITE_PROJECTION: Final = (
    "MERGE (p:Projection {name: 'documents'}) SET p.sequence = $sequence, p.clearing = $clearing, p.locked = false"
)


def clear_nodes(label: Label) -> LiteralString:
    """Delete up to `limit` nodes of the label and say how many."""
    return f"MATCH (n:{label.value}) WITH n LIMIT $limit DETACH DELETE n RETURN count(*) AS cleared"


RELATIONSHIPS_OF_CASES: Final = (
    "UNWIND $case_ids AS case_id MATCH (c:Case {case_id: case_id})-[:HAS_IMAGE*0..1]->(s)-[r]->(n) "
    "WHERE type(r) <> 'SIMILAR_TO' "
    "RETURN labels(s)[0] AS source_label, coalesce(s.case_id, s.image_id) AS source, type(r) AS type, "
    f"labels(n)[0] AS label, {KEY_OF_N} AS key, properties(r) AS properties"
)


def relationships_from(label: Label) -> LiteralString:
    """Everything that leaves the nodes of these keys."""
    return (
        f"UNWIND $keys AS key MATCH (s:{label.value} {{{KEY_PROPERTIES[label]}: key}})-[r]->(n) "
        f"RETURN '{label.value}' AS source_label, key AS source, type(r) AS type, "
        f"labels(n)[0] AS label, {KEY_OF_N} AS key, properties(r) AS properties"
    )


def nodes_after(label: Label) -> LiteralString:
    """So many nodes of a label with their properties, in order of their key, after one key."""
    key = KEY_PROPERTIES[label]
    return (
        f"MATCH (n:{label.value}) WHERE n.{key} > $after "
        f"RETURN properties(n) AS properties ORDER BY n.{key} LIMIT $limit"
    )
