"""Splits without leaks: what belongs together is found first, then dealt as a whole.

Cases belong together that have a patient, an article or a topic in common, or images of which one is nearly the other.
That is transitive: the groups are the connected components.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping

from ingest.case import Case
from ingest.store.stored_form import fold


class Together:
    """Cases that belong together (union-find, Tarjan 1975: by size, with path halving)."""

    def __init__(self) -> None:
        self._parent: list[int] = []
        self._size: list[int] = []
        self._number: dict[str, int] = {}

    def join(self, key: str, other: str) -> None:
        """Say that two keys belong together; a key that is new comes in."""
        root, second = self._root(self._numbered(key)), self._root(self._numbered(other))
        if root == second:
            return
        if self._size[root] < self._size[second]:
            root, second = second, root
        self._parent[second] = root
        self._size[root] += self._size[second]

    def group_of(self, key: str) -> int:
        """Return the number of the group of a key; keys have one number if and only if they belong together."""
        return self._root(self._numbered(key))

    def _numbered(self, key: str) -> int:
        number = self._number.setdefault(key, len(self._parent))
        if number == len(self._parent):
            self._parent.append(number)
            self._size.append(1)
        return number

    def _root(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number


def shared_by(case: Case) -> Iterator[str]:
    """Yield what a case may share with others so that they have to stay together."""
    yield f"patient {case.patient.patient_id}"
    if case.article is not None:
        yield f"article {case.article.article_id}"
    if case.topic.title and case.topic.title.strip():
        yield f"topic {fold(case.topic.title.strip())}"


def deal(
    group_of_case: Mapping[str, int], weights: Mapping[str, int], shares: Mapping[str, float], seed: int
) -> dict[str, str]:
    """Return the split of each case: groups whole, the largest first, each to the split that lacks most.

    Groups of one size come in an order drawn by the seed.

    Parameters
    ----------
    group_of_case : mapping
        The group of each case.
    weights : mapping
        How many items each case gives.
    """
    sizes: Counter[int] = Counter()
    first: dict[int, str] = {}
    for case_id, group in group_of_case.items():
        sizes[group] += weights[case_id]
        first[group] = min(first.get(group, case_id), case_id)
    total = sizes.total()
    lacks = {name: share * total for name, share in shares.items()}
    split_of: dict[int, str] = {}
    for group in sorted(sizes, key=lambda one: (-sizes[one], _drawn(first[one], seed))):
        name = max(lacks, key=lambda split: lacks[split])
        split_of[group] = name
        lacks[name] -= sizes[group]
    return {case_id: split_of[group] for case_id, group in group_of_case.items()}


def _drawn(text: str, seed: int) -> str:
    return hashlib.sha256(f"{seed} {text}".encode()).hexdigest()
