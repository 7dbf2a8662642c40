"""What a reader has opened, folded, hidden and pinned in the graph, and where things stand then."""

from itertools import combinations

from ui.app.graph_layout import APART, Spread, places
from ui.app.graph_steps import Pin, Steps, alone, group_key, is_group, parts_of_group, read_steps

START, A, B = "Case:s:1", "Finding:finding:a", "Topic:a|b@1,2 #x"
GROUP = group_key(A, "SHOWS.in.Case")


def test_what_is_opened_is_folded_and_opened_again_as_it_was():
    steps = Steps(START).opened(A).opened(GROUP)
    assert steps.is_open(START) and steps.is_open(A) and steps.opened(A) == steps
    folded = steps.folded(A)
    assert not folded.is_open(A) and folded.open == steps.open and folded.opened(A) == steps
    assert not Steps(START).folded(START).is_open(START)


def test_the_last_steps_are_forgotten_when_they_are_folded():
    steps = Steps(START).opened(A).opened(B)
    assert steps.folded(B) == Steps(START).opened(A)
    assert steps.folded(A).folded(B) == Steps(START)
    assert steps.folded("Finding:finding:none") == steps


def test_a_group_turns_to_its_next_page_and_folds_as_a_whole():
    steps = Steps(START).opened(A).opened(GROUP).opened(GROUP)
    assert steps.open == (A, GROUP, GROUP) and steps.folded(GROUP) == Steps(START).opened(A)
    later = steps.opened(B).folded(GROUP)
    assert not later.is_open(GROUP) and later.opened(GROUP) == steps.opened(B)


def test_what_is_hidden_is_shown_again_and_the_start_cannot_be_hidden():
    steps = Steps(START).hidden(A).hidden(B)
    assert steps.hide == (A, B) and steps.hidden(A) == steps and steps.shown_again(A).hide == (B,)
    assert steps.hidden(START) == steps


def test_a_pin_is_read_as_it_was_written_whatever_the_key():
    steps = Steps(START).opened(A).pinned(B, (-30, 40)).pinned(A, (1, 2))
    assert steps.pins() == {B: Pin((-30, 40), 2), A: Pin((1, 2), 2)}
    assert steps.pinned(B, (5, 5)).pins()[B].place == (5, 5) and steps.unpinned(B).pins() == {A: Pin((1, 2), 2)}
    assert Steps(START, pin=("x", "x@1,2", "x@a,b,c", "@1,2,3", f"x@{'9' * 40},1,1")).pins() == {}


def test_an_address_keeps_the_steps():
    steps = Steps(START).opened(A).opened(GROUP).shown_alone([B]).folded(A).hidden(B).pinned(A, (1, 2))
    asked = steps.asked()
    assert read_steps(asked["node"][0], asked) == steps
    assert is_group(GROUP) and parts_of_group(group_key(B, "ABOUT.in.Case")) == (B, "ABOUT.in.Case")
    assert alone(steps.open[-1]) == B and alone(A) is None


def spreads() -> list[Spread]:
    first = Spread(START, tuple(f"n{number}" for number in range(30)))
    return [first, Spread("n3", tuple(f"m{number}" for number in range(20))), Spread("n7", ("n1", "k1", "k2"))]


def test_no_two_things_stand_upon_each_other():
    found = places(START, spreads(), {})
    assert len(found) == 53 and found[START] == (0, 0)
    for one, other in combinations(found.values(), 2):
        assert abs(one[0] - other[0]) >= APART[0] or abs(one[1] - other[1]) >= APART[1]


def test_what_is_opened_later_moves_nothing():
    every = spreads()
    final = places(START, every, {})
    for number in range(len(every) + 1):
        before = places(START, every[:number], {})
        assert before.items() <= final.items()


def test_a_pin_moves_its_own_and_what_is_opened_from_it_afterwards():
    every = spreads()
    home = places(START, every, {})
    before, after = (places(START, every, {"n3": Pin((900, 900), since)}) for since in (2, 1))
    assert before["n3"] == after["n3"] == (900, 900)
    assert {key: place for key, place in before.items() if key != "n3"}.items() <= home.items()
    assert all(abs(after[f"m{number}"][0] - 900) < 600 for number in range(20))
    assert all(after[f"n{number}"] == home[f"n{number}"] for number in range(30) if number != 3)
