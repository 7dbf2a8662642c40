"""The measures of findings agree with slow, obvious ones on made-up readings."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.findings_gold import GoldMention
from benchmarks.findings_metrics import (
    Counts,
    Reading,
    ReadMention,
    cohens_kappa,
    count_assertions,
    count_mentions,
    difference,
    f1,
    matches,
    ratio,
    side_by_side,
    with_interval,
)
from benchmarks.negation_others import denied_by_nearby_word, denied_by_negspacy
from ingest.vocabulary import Assertion, Laterality

P, A, U = Assertion.PRESENT, Assertion.ABSENT, Assertion.UNCERTAIN
VOCABULARY = frozenset({"finding:mass", "finding:edema"})


def row_of_mentions(make):
    """Return mentions side by side, none overlapping, of two concepts."""
    piece = st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from(sorted(VOCABULARY)))

    def place(pieces):
        made, at = [], 0
        for gap, length, concept in pieces:
            made.append(make(at + gap, at + gap + length, concept, P))
            at += gap + length
        return made

    return st.lists(piece, max_size=5).map(place)


def most_pairs(gold, read, may_pair):
    """Try every order of the longer side: slow and obvious."""
    short, long = sorted((gold, read), key=len)
    pairs = may_pair if short is gold else (lambda a, b: may_pair(b, a))
    return max(sum(pairs(a, b) for a, b in zip(short, order, strict=False)) for order in permutations(long, len(short)))


@given(row_of_mentions(GoldMention), row_of_mentions(ReadMention))
def test_matching_finds_as_many_pairs_as_trying_every_order(gold, read):
    for strict in (True, False):

        def may_pair(g, r, strict=strict):
            shared = range(max(g.start, r.start), min(g.end, r.end))
            same = (g.start, g.end) == (r.start, r.end)
            return g.concept_id == r.concept_id and (same if strict else len(shared) > 0)

        pairs = matches(gold, read, strict=strict)
        assert all(may_pair(g, r) for g, r in pairs)
        assert len({id(g) for g, _ in pairs}) == len({id(r) for _, r in pairs}) == len(pairs)
        assert len(pairs) == most_pairs(gold, read, may_pair)


def test_mentions_are_counted_by_hand():
    gold = (
        GoldMention(0, 4, "finding:mass", P),
        GoldMention(10, 15, "finding:edema", A),
        GoldMention(20, 24, None, P),
        GoldMention(30, 34, None, P),
        GoldMention(40, 46, None, U, disease=True),
    )
    read = (
        ReadMention(0, 4, "finding:mass", P),  # right
        ReadMention(8, 15, "finding:edema", P),  # right but for its start
        ReadMention(20, 24, "finding:stent", P),  # a concept that came later
        ReadMention(30, 34, "finding:mass", P),  # wrong: the gold could have said mass
        ReadMention(50, 54, "finding:stent", P),  # wrong: nothing is there
    )
    assert count_mentions(Reading("own:1", gold, read), VOCABULARY) == {
        **{"gold": 2, "read": 4, "strict": 1, "relaxed": 2},
        **{"observation": 4, "observation covered": 3, "disease": 1, "disease covered": 0},
    }


def test_assertions_are_counted_by_hand():
    left = Laterality.LEFT
    pairs = [
        (GoldMention(0, 1, "a", A, left), ReadMention(0, 1, "a", A, left)),
        (GoldMention(2, 3, "a", P, left), ReadMention(2, 3, "a", U)),
        (GoldMention(4, 5, "a", P), ReadMention(4, 5, "a", A, left)),
        (GoldMention(6, 7, "a", P), ReadMention(6, 7, "a", P)),
    ]
    counts = count_assertions(pairs)
    assert ratio("same assertion", "pairs")(counts) == 0.5
    assert ratio("same absence", "pairs")(counts) == 0.75
    assert f1("both absent", "gold absent", "read absent")(counts) == pytest.approx(2 / 3)
    assert f1("both present", "gold present", "read present")(counts) == pytest.approx(0.5)
    assert ratio("same side", "pairs")(counts) == 0.5
    assert ratio("both side", "gold side")(counts) == ratio("both side", "read side")(counts) == 0.5


def test_an_interval_draws_cases_not_mentions():
    even = [Counts(right=1, all=2)] * 30
    assert with_interval(even, ratio("right", "all")) == (0.5, 0.5, 0.5)
    mixed = [Counts(right=10, all=10)] * 5 + [Counts(right=0, all=10)] * 5
    value, low, high = with_interval(mixed, ratio("right", "all"))
    drawn = np.random.default_rng(1).binomial(10, 0.5, 20_000) / 10
    assert (value, low, high) == (0.5, *np.percentile(drawn, [2.5, 97.5]))


def test_two_systems_are_compared_on_the_same_cases():
    better = [side_by_side(Counts(right=2, all=2), Counts(right=1, all=2))] * 5
    assert with_interval(better, difference(ratio("right", "all"))) == (0.5, 0.5, 0.5)
    assert (
        with_interval(
            [side_by_side(Counts(right=1, all=2), Counts(right=1, all=2))], difference(ratio("right", "all"))
        )[0]
        == 0
    )


def test_a_measure_of_nothing_is_no_number():
    assert np.isnan(ratio("right", "all")(Counts()))
    assert np.isnan(f1("both", "gold", "read")(Counts()))


def test_kappa_of_known_tables():
    table = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert cohens_kappa(table) == pytest.approx(0.4)  # 35 of 50 agree, 25 of 50 would by chance
    assert cohens_kappa([("yes", "yes"), ("no", "no")]) == 1.0
    assert cohens_kappa([("yes", "no"), ("no", "yes")]) == -1.0
    assert cohens_kappa([("yes", "yes")]) == 1.0


def test_the_others_see_a_plain_negation():
    text = "There is no mass. Edema is seen."
    spans = [(text.index(word), text.index(word) + len(word)) for word in ("mass", "Edema")]
    assert denied_by_negspacy()(text, spans) == [True, False]
    assert denied_by_nearby_word(text, spans) == [True, True]  # a sentence end does not stop it
