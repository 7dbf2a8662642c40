from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import SourceError
from ingest.sources.medpix2.json_text import MAX_FILE_BYTES, Unreadable, read_documents, read_lines, read_value


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "Case_topic.json"


def test_records_come_with_their_place_and_text(file: Path) -> None:
    file.write_text(' [ {"U_id": "MPX1"},\n\n {"U_id": "MPX2"} ] \n')
    records = list(read_documents(file))
    assert [record.place for record in records] == ["Case_topic.json[0]", "Case_topic.json[1]"]
    assert [record.text for record in records] == ['{"U_id": "MPX1"}', '{"U_id": "MPX2"}']
    assert [record.value for record in records] == [{"U_id": "MPX1"}, {"U_id": "MPX2"}]


def test_an_empty_array_has_no_records(file: Path) -> None:
    file.write_text("[ ]")
    assert list(read_documents(file)) == []


def test_t9_a_byte_order_mark_is_accepted(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf[{}]")
    assert len(list(read_documents(file))) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1},\n {"a": ', r"line 2, column \d+: the file ends too early"),
        ('[{"a": 1}', "line 1, column 10: the file ends too early"),
        ('[{"a": 1} {"a": 2}]', r"column 11: expected ',' or '\]'"),
        ('[{"a": 1},]', "column 11"),
        ('[{"a": 1}]x', "more text after the end"),
        ('{"a": 1}', "no list of records in it. Expected a JSON array"),
        ('"text"', "Expected a JSON array"),
        ("", "is empty"),
        ("[{'a': 1}]", "broken at line 1"),
        ('[{"a": ISODate("2024-05-01")}]', r"MongoDB's shell, not as JSON: ISODate\(\.\.\.\) at line 1, column 8"),
        ('[{"a": 1,\n "b": new ObjectId("65")}]', r"ObjectId\(\.\.\.\) at line 2, column 7.*mongoexport"),
        ('[{"a": "\x01"}]', "broken at line 1"),
        ("[" + '{"a":' * 100_000 + "1" + "}" * 100_000 + "]", "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_t9_a_file_that_is_no_array_is_refused_with_line_and_reason(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(SourceError, match=message) as caught:
        list(read_documents(file))
    assert str(file) in str(caught.value)


@pytest.mark.parametrize(
    "payload",
    [
        '<?xml version="1.0"?><cases/>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY l "l"><!ENTITY m "&l;&l;&l;&l;&l;&l;&l;&l;&l;">]><a>&m;</a>',
        '  \n<svg xmlns="http://www.w3.org/2000/svg"/>',
        "<html><script>1</script></html>",
    ],
)
def test_t10_xml_is_refused_before_any_parser_sees_it(
    file: Path, payload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr("socket.socket.connect", no_network)
    file.write_text(payload)
    with pytest.raises(SourceError, match="is XML or HTML, not JSON"):
        list(read_documents(file))


def test_bytes_that_are_no_utf_8_are_refused_with_their_place(file: Path) -> None:
    file.write_bytes(b'[{"a": "\xff"}]')
    with pytest.raises(SourceError, match="byte 8"):
        list(read_documents(file))


def test_a_file_that_cannot_be_read_is_refused(file: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        list(read_documents(file))
    file.mkdir()
    with pytest.raises(SourceError, match="cannot be read"):
        list(read_documents(file))


def test_a_file_without_end_is_not_taken_into_memory(file: Path) -> None:
    with file.open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)  # sparse: takes no room
    with pytest.raises(SourceError, match="larger than 512 MB"):
        list(read_documents(file))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ('{"a": 1, "a": 2}', "the key 'a' occurs twice"),
        ("1e999", "a number is too large"),
        ("9" * 5000, "a number has 5000 digits"),
    ],
)
def test_t9_a_value_that_is_not_taken_leaves_the_others(file: Path, value: str, reason: str) -> None:
    file.write_text(f'[{{"a": {value}}}, {{"a": "b"}}]')
    bad, good = read_documents(file)
    assert bad.value == {"a": Unreadable(reason)}
    assert good.value == {"a": "b"}


def test_t9_a_line_that_is_no_json_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "data_train.jsonl"
    path.write_text('{"a": "b"}\n{"a": \n\n' + "[" * 100_000 + '\n{} {}\n{"a": "c"}\n')
    records = list(read_lines(path))
    assert [record.place for record in records] == [f"data_train.jsonl:{line}" for line in (1, 2, 4, 5, 6)]
    assert [isinstance(record.value, Unreadable) for record in records] == [False, True, True, True, False]


def test_one_value_fills_a_small_file(file: Path) -> None:
    file.write_text('{"train": []}\n')
    assert read_value(file) == {"train": []}


@pytest.mark.parametrize(
    "text",
    [
        '{"U_id": "A"}\n\n{"U_id": "B"}\n',
        '{\n "U_id": "A"\n}\n{\n "U_id": "B"\n}\n',
        '{"cases": [{"U_id": "A"}, {"U_id": "B"}], "count": 2}',
        '[{"U_id": "A"}, {"U_id": "B"}]',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_records_come_as_array_lines_one_after_another_or_in_one_list(file: Path, text: str, encoding: str) -> None:
    file.write_text(text, encoding=encoding)
    assert [record.value for record in read_documents(file)] == [{"U_id": "A"}, {"U_id": "B"}]
