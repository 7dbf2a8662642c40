"""Who may change a workspace through the app."""

import pytest

from casegraph.access import may_manage

HERE = {"Host": "127.0.0.1:8501"}


@pytest.mark.parametrize("listens_on", ["127.0.0.1", "localhost", "::1", "127.8.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "[::1]:8501", "LOCALHOST", "localhost.:8501"])
def test_t47_who_sits_at_the_machine_may_manage(listens_on: str, host: str):
    assert may_manage(None, listens_on=listens_on, headers={"Host": host})


@pytest.mark.parametrize(
    "listens_on", ["0.0.0.0", "::", "", "192.168.0.7", "archive.example.org", ".localhost", "xlocalhost", "localhostX"]
)
def test_t47_an_app_that_others_reach_is_only_read(listens_on: str):
    assert not may_manage(None, listens_on=listens_on, headers=HERE)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "archive.example.org"},
        {"Host": "127.0.0.1.example.org:8501"},
        {"Host": ":8501"},
        {**HERE, "X-Forwarded-For": "10.0.0.3"},
        {**HERE, "forwarded": "for=10.0.0.3"},
        {**HERE, "Via": "1.1 proxy"},
        {**HERE, "x-real-ip": "10.0.0.3"},
    ],
)
def test_t47_what_a_proxy_passed_on_is_only_read(headers: dict[str, str]):
    assert not may_manage(None, listens_on="127.0.0.1", headers=headers)


def test_a_request_that_names_no_host_came_from_no_browser_elsewhere():
    assert may_manage(None, listens_on="127.0.0.1", headers={})


def test_the_settings_go_before_both():
    assert may_manage(True, listens_on="0.0.0.0", headers={"Host": "archive.example.org"})
    assert not may_manage(False, listens_on="127.0.0.1", headers=HERE)
