"""How long a language model may take: more the longer question and answer are, unless a time is set."""

from rag.chat.limits import READ_PER_S, START_S, WRITTEN_PER_S, Limits


def test_without_a_set_time_a_longer_question_or_answer_has_more():
    assert Limits().seconds(0, 0) == START_S
    assert Limits().seconds(READ_PER_S, 0) == START_S + 1
    assert Limits().seconds(0, WRITTEN_PER_S) == START_S + 1
    assert Limits(prompt_tokens=READ_PER_S, answer_tokens=WRITTEN_PER_S).longest_s == START_S + 2


def test_a_set_time_is_the_time():
    assert Limits(7.0).seconds(1_000_000, 1_000_000) == Limits(7.0).longest_s == 7.0
