"""The statements that write the graph: data as parameters, safe to run twice.

Where one statement exists per label or type, a function puts it together from members of the enums; the return
type `LiteralString` makes the type checker refuse anything that comes from data. So there are finitely many
texts, and every one runs on Neo4j 5 and on ArcadeDB alike.

A server may hold other people's data beside ours. Each statement begins at nodes that bear our marker and walks along
relationships that do (`kg.schema.MARKER`); ours lead from ours to ours, so what is reached is ours too.
"""

from __future__ import annotations

from typing import Final, LiteralString

from kg.schema import KEY_PROPERTIES, MARKER, MENTION_TYPES, OURS, PROJECTION, Label, RelationshipType, any_node, node

# The key of a node whatever its label; `name` comes last, as most nodes have one and it is the key of few.
KEY_OF_N: Final = "coalesce(n.patient_id, n.case_id, n.image_id, n.concept_id, n.code, n.title, n.pmcid, n.name)"
LABEL_OF_N: Final = f"n.{MARKER}"

# Goes on from the node s, found from `start`, only where it has at most $most relationships; no more are counted.
S_IS_NOT_COMMON: Final = (
    f"CALL (s) {{ MATCH (s)-[x {OURS}]-() RETURN x LIMIT $most + 1 }} "
    "WITH s, start, count(x) AS number WHERE number <= $most"
)

# All r are found before the first goes: the embedded server passes some over where it deletes while it walks.
DELETE_ALL_R: Final = "WITH collect(DISTINCT r) AS found UNWIND found AS r DELETE r"

# The case of each of $case_ids.
_OF_CASES: Final = f"UNWIND $case_ids AS case_id MATCH {node('c', Label.CASE, 'case_id')}"
# The parts of a case that say something themselves: its images, or its topic.
_IMAGES: Final = f"[:HAS_IMAGE*0..1 {OURS}]"
_IMAGES_AND_TOPIC: Final = f"[:HAS_IMAGE|ABOUT*0..1 {OURS}]"


def write_nodes(label: Label) -> LiteralString:
    """Rows of `key` and `properties`; properties that the row lacks go. Says how many it wrote.

    A node that somebody else made stays as it is and does not count.
    """
    mark = f"n.{MARKER} = '{label.value}'"
    return (
        f"UNWIND $rows AS row MERGE (n:{label.value} {{{KEY_PROPERTIES[label]}: row.key}}) ON CREATE SET {mark} "
        f"WITH n, row WHERE {mark} SET n = row.properties, {mark} RETURN count(*) AS written"
    )


def foreign_nodes(label: Label) -> LiteralString:
    """Of these keys, those whose node somebody else made."""
    return (
        f"UNWIND $keys AS key MATCH (n:{label.value} {{{KEY_PROPERTIES[label]}: key}}) "
        f"WHERE coalesce(n.{MARKER}, '') <> '{label.value}' RETURN key AS taken ORDER BY taken LIMIT 1"
    )


def write_relationships(source: Label, kind: RelationshipType, target: Label) -> LiteralString:
    """Rows of `source`, `target` and `properties`. One that somebody else put between the two stays beside it."""
    mention = "mention_id: row.properties.mention_id, " if kind in MENTION_TYPES else ""
    return (
        f"UNWIND $rows AS row MATCH {node('source', source, 'row.source')} "
        f"MATCH {node('target', target, 'row.target')} "
        f"MERGE (source)-[r:{kind.value} {{{mention}{MARKER}: true}}]->(target) "
        f"SET r = row.properties, r.{MARKER} = true"
    )


ANY_CASE: Final = f"MATCH {any_node('c', Label.CASE)} WITH c LIMIT 1 RETURN count(c) AS cases"
KNOWN_CASES: Final = f"{_OF_CASES} RETURN case_id"
# What the cases point at, and what their topics point at.
NEIGHBOURS: Final = (
    f"{_OF_CASES}-{_IMAGES_AND_TOPIC}->(o)-[r {OURS}]->(n) "
    "WHERE type(r) <> 'SIMILAR_TO' "
    f"RETURN DISTINCT {LABEL_OF_N} AS label, {KEY_OF_N} AS key"
)
PATIENTS: Final = f"{_OF_CASES}<-[:HAS_CASE {OURS}]-(n:Patient) RETURN DISTINCT 'Patient' AS label, n.patient_id AS key"
# Everything that the documents say of these cases: of their topics, of their images, of themselves, and whose they are.
FORGET: Final[tuple[LiteralString, ...]] = (
    f"{_OF_CASES}-[:ABOUT {OURS}]->(t:Topic)-[r:DESCRIBES {OURS}]->() WHERE r.case_id = case_id {DELETE_ALL_R}",
    f"{_OF_CASES}-[:HAS_IMAGE {OURS}]->(i:Image)-[r {OURS}]->() {DELETE_ALL_R}",
    f"{_OF_CASES}-[r {OURS}]->() {DELETE_ALL_R}",
    f"{_OF_CASES}<-[r:HAS_CASE {OURS}]-() {DELETE_ALL_R}",
)


def delete_nodes(label: Label) -> tuple[LiteralString, LiteralString]:
    """Keys of nodes that go: first their relationships, then they.

    Not DETACH DELETE: the server itself declines to delete a node that still has a relationship of somebody else's.
    """
    found = f"UNWIND $keys AS key MATCH {node('n', label, 'key')}"
    return f"{found}-[r {OURS}]-() {DELETE_ALL_R}", f"{found} DELETE n"


def foreign_relationships(label: Label) -> LiteralString:
    """Of these keys, the first whose node has a relationship that somebody else made, and of which type."""
    return (
        f"UNWIND $keys AS key MATCH {node('n', label, 'key')}-[r]-() WHERE r.{MARKER} IS NULL "
        "RETURN key AS taken, type(r) AS type ORDER BY taken, type LIMIT 1"
    )


def unused_nodes(label: Label) -> LiteralString:
    """Of these keys, those that nothing points at any more, each with what it points at itself.

    A patient is the one node that points at cases instead.
    """
    unused = f"NOT (x)-[{OURS}]->()" if label is Label.PATIENT else f"NOT (x)<-[{OURS}]-()"
    return (
        f"UNWIND $keys AS key MATCH {node('x', label, 'key')} WHERE {unused} "
        f"OPTIONAL MATCH (x)-[{OURS}]->(n) RETURN key AS unused, {LABEL_OF_N} AS label, {KEY_OF_N} AS key"
    )


NAMES_OF_DIAGNOSES: Final = (
    f"UNWIND $keys AS key MATCH {node('d', Label.DIAGNOSIS, 'key')}<-[r:HAS_DIAGNOSIS|CONSIDERS {OURS}]-(:Case) "
    "RETURN key, r.name AS name, count(*) AS times"
)
NAMES_SAID_BY_CASES: Final = (
    f"{_OF_CASES}-[r:HAS_DIAGNOSIS|CONSIDERS {OURS}]->(d:Diagnosis) "
    "RETURN d.concept_id AS key, r.name AS name, count(*) AS times"
)
# What cases other than these say of their patients.
FACTS_OF_PATIENTS: Final = (
    f"UNWIND $keys AS key MATCH {node('p', Label.PATIENT, 'key')}-[r:HAS_CASE {OURS}]->(c:Case) "
    "WHERE NOT c.case_id IN $case_ids "
    "RETURN key, c.case_id AS case_id, r.sex AS sex, r.age_years AS age_years"
)
_OF_TOPICS: Final = f"UNWIND $keys AS key MATCH {node('t', Label.TOPIC, 'key')}"
# A topic keeps a category or code for as long as some case says so.
FORGET_TOPICS: Final[tuple[LiteralString, ...]] = (
    f"{_OF_TOPICS}-[r:IN_CATEGORY {OURS}]->(p:PathologyCategory) "
    f"OPTIONAL MATCH (t)<-[a:ABOUT {{pathology_category: p.name, {MARKER}: true}}]-() "
    f"WITH r, count(a) AS cases WHERE cases = 0 {DELETE_ALL_R}",
    f"{_OF_TOPICS}-[r:CODED_AS {OURS}]->(p:AcrCode) "
    f"OPTIONAL MATCH (t)<-[a:ABOUT {{acr_code: p.code, {MARKER}: true}}]-() "
    f"WITH r, count(a) AS cases WHERE cases = 0 {DELETE_ALL_R}",
)

READ_PROJECTION: Final = (
    f"MATCH (p:{PROJECTION} {{name: 'documents'}}) "
    "RETURN p.sequence AS sequence, p.clearing AS clearing, coalesce(p.rules, 1) AS rules"
)
# Writing to the node takes its lock until the transaction ends: two projections of one graph cannot mix.
LOCK_PROJECTION: Final = (
    f"MERGE (p:{PROJECTION} {{name: 'documents'}}) ON CREATE SET p.sequence = 0, p.clearing = false "
    f"SET p.locked = true, p.{MARKER} = '{PROJECTION}' RETURN p.sequence AS sequence"
)
WRITE_PROJECTION: Final = (
    f"MERGE (p:{PROJECTION} {{name: 'documents'}}) "
    "SET p.sequence = $sequence, p.clearing = $clearing, p.rules = $rules, p.locked = false, "
    f"p.{MARKER} = '{PROJECTION}'"
)


def some_keys(label: Label) -> LiteralString:
    """So many keys of nodes of the label, in no order."""
    return f"MATCH {any_node('n', label)} RETURN n.{KEY_PROPERTIES[label]} AS key LIMIT $limit"


def keys_after(label: Label) -> LiteralString:
    """So many keys of nodes of a label, in their order, after one key."""
    key = KEY_PROPERTIES[label]
    return f"MATCH {any_node('n', label)} WHERE n.{key} > $after RETURN n.{key} AS key ORDER BY key LIMIT $limit"


RELATIONSHIPS_OF_CASES: Final = (
    f"{_OF_CASES}-{_IMAGES}->(s)-[r {OURS}]->(n) "
    "WHERE type(r) <> 'SIMILAR_TO' "
    f"RETURN s.{MARKER} AS source_label, coalesce(s.case_id, s.image_id) AS source, type(r) AS type, "
    f"{LABEL_OF_N} AS label, {KEY_OF_N} AS key, properties(r) AS properties"
)


def relationships_from(label: Label) -> LiteralString:
    """Everything that leaves the nodes of these keys."""
    return (
        f"UNWIND $keys AS key MATCH {node('s', label, 'key')}-[r {OURS}]->(n) "
        f"RETURN '{label.value}' AS source_label, key AS source, type(r) AS type, "
        f"{LABEL_OF_N} AS label, {KEY_OF_N} AS key, properties(r) AS properties"
    )


def nodes_after(label: Label) -> LiteralString:
    """So many nodes of a label with their properties, in order of their key, after one key."""
    key = KEY_PROPERTIES[label]
    return (
        f"MATCH {any_node('n', label)} WHERE n.{key} > $after "
        f"RETURN properties(n) AS properties ORDER BY n.{key} LIMIT $limit"
    )
