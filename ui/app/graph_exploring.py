"""What is shown of the graph after some steps: nodes, groups with a count, what joins them, and where each stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from casegraph.graph import FEW, GraphQuestions, Group, Node, Relationship
from ui.app.graph_layout import Spread, places
from ui.app.graph_steps import Point, Steps, alone, group_key, is_group, parts_of_group


@dataclass(frozen=True)
class Explored:
    """A piece of the graph as a reader has opened it.

    Attributes
    ----------
    nodes, groups : mapping
        What is shown, by key, in the order in which it was opened.
    hidden : mapping
        What would be shown if it were not hidden.
    left : mapping
        How many members of a group are not open yet, by its key.
    relationships : tuple of Relationship
        Those between the nodes shown, but for what a group says already.
    ties : tuple
        Which group stands at which node, and which node stands in which group, as pairs of keys.
    places : mapping
        Where all of them stand.
    """

    nodes: Mapping[str, Node]
    groups: Mapping[str, Group]
    hidden: Mapping[str, Node | Group]
    left: Mapping[str, int]
    relationships: tuple[Relationship, ...]
    ties: tuple[tuple[str, str], ...]
    places: Mapping[str, Point]


@dataclass
class _Read:
    """What the steps lead to, whether it is folded, hidden or shown."""

    things: dict[str, Node | Group] = field(default_factory=dict[str, Node | Group])
    spreads: list[tuple[str, Spread]] = field(default_factory=list[tuple[str, Spread]])
    placed: set[str] = field(default_factory=set[str])
    left: dict[str, int] = field(default_factory=dict[str, int])


def explore(graph: GraphQuestions, steps: Steps) -> Explored:
    """Ask the graph for what the steps open.

    Raises
    ------
    InputError, UnknownCase
        If a step names a node or group that the graph does not have.
    """
    read = _read(graph, steps)
    found = places(steps.node, [spread for _, spread in read.spreads], steps.pins())
    shown, hidden = _shown(steps, read)
    nodes = {key: thing for key, thing in shown.items() if isinstance(thing, Node)}
    groups = {key: thing for key, thing in shown.items() if isinstance(thing, Group)}
    ties = [(group.node_key, key) for key, group in groups.items() if group.node_key in nodes]
    members = [
        (spread.parent, key)
        for _, spread in read.spreads
        if spread.parent in groups and steps.is_open(spread.parent)
        for key in spread.keys
        if key in nodes
    ]
    said = {(groups[key].type, frozenset((groups[key].node_key, member))) for key, member in members}
    between = graph.between(nodes)
    return Explored(
        nodes=nodes,
        groups=groups,
        hidden=hidden,
        left={key: read.left[key] if steps.is_open(key) else group.count for key, group in groups.items()},
        relationships=tuple(one for one in between if (one.type, frozenset((one.source, one.target))) not in said),
        ties=(*ties, *dict.fromkeys(members)),
        places={key: found[key] for key in shown},
    )


def _read(graph: GraphQuestions, steps: Steps) -> _Read:
    read = _Read({steps.node: graph.node(steps.node)}, placed={steps.node})
    pages = Counter[str]()
    last = steps.node
    for step in (steps.node, *steps.open):
        if (key := alone(step)) is not None:
            read.things.setdefault(key, graph.node(key))
            _spread(read, step, last, [key])
            last = key
        elif is_group(step):
            pages[step] += 1
            members = graph.members(*parts_of_group(step), page=pages[step])
            read.things.setdefault(step, members.group)
            read.things |= {node.key: node for node in members.nodes if node.key not in read.things}
            read.left[step] = read.left.get(step, members.group.count) - len(members.nodes)
            _spread(read, step, step, [node.key for node in members.nodes])
        else:
            things = dict(_around(graph, step))
            read.things = {**things, **read.things}
            _spread(read, step, step, list(things))
    return read


def _spread(read: _Read, step: str, parent: str, keys: Sequence[str]) -> None:
    """Note what a step leads to; a step from what is not there any more, as in an old link, leads to nothing."""
    if parent in read.placed:
        read.spreads.append((step, Spread(parent, tuple(keys))))
        read.placed.update(keys)


def _around(graph: GraphQuestions, node_key: str) -> Iterator[tuple[str, Node | Group]]:
    """Yield what stands at a node: the nodes of groups that have few, and the other groups."""
    groups = graph.groups(node_key)
    few = graph.members_of_few(node_key, groups)
    for group in groups:
        if group.count <= FEW:
            yield from ((node.key, node) for node in few[group.name])
        else:
            yield group_key(node_key, group.name), group


def _shown(steps: Steps, read: _Read) -> tuple[dict[str, Node | Group], dict[str, Node | Group]]:
    """Return what is shown and what would be if it were not hidden."""
    shown, hidden = {steps.node: read.things[steps.node]}, dict[str, Node | Group]()
    for step, spread in read.spreads:
        if step in steps.fold or (alone(step) is None and spread.parent not in shown):
            continue
        for key in spread.keys:
            (hidden if key in steps.hide else shown)[key] = read.things[key]
    return shown, hidden
