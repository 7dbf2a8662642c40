"""Which words around the name of a disease make it another one."""

import pytest

from rag.search.narrowing import is_another


@pytest.mark.parametrize(
    ("line", "name", "another"),
    [
        ("brown tumor of the jaw", "tumor of the jaw", True),
        ("large tumor of the jaw", "tumor of the jaw", False),
        ("tumor of the jaw", "tumor of the jaw", False),
        ("seizures, tumor of the jaw", "tumor of the jaw", False),
        ("2 cm tumor of the jaw", "tumor of the jaw", False),
        ("elderly woman tumor of the jaw", "tumor of the jaw", False),
        ("seizure tumor of the jaw", "tumor of the jaw", False),
        ("cleft cyst", "cyst", True),
        ("cyst of the liver", "cyst", True),
        ("cyst in the liver", "cyst", True),
        ("cyst, in the liver", "cyst", False),
        ("large cyst", "cyst", False),
        ("a cyst", "cyst", False),
        ("3 cysts", "cysts", False),
        ("small cell lung cancer", "cell lung cancer", True),
        ("headache meningioma", "meningioma", False),
        ("renal meningioma", "meningioma", False),
        ("pulmonary embolism", "embolism", True),
        ("septic arthritis", "arthritis", False),
    ],
)
def test_a_word_before_a_general_noun_belongs_to_its_name_unless_it_describes(line: str, name: str, another: bool):
    begin = line.index(name)
    assert is_another(line, begin, begin + len(name)) is another
