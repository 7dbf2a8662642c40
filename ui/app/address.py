"""What a page is asked stands in its address, so that a reload, the browser's way back and a link sent on keep it.

The address is what holds: fields are filled from it, and a field that a reader changes writes into it. Who comes back
to a page without a question finds the last one again. What is said of a patient (the page Draft) stands in no address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

_PAGE = "page"
_NOT_GIVEN: tuple[object, ...] = (None, "", [], ())


def begin(page: str, names: Sequence[str]) -> None:
    """Start a page: its address keeps the parameters of these names, or takes up the page's last question."""
    given = {name: st.query_params.get_all(name) for name in st.query_params}
    own = {name: values for name, values in given.items() if name in names}
    entered = st.session_state.get(_PAGE) != page
    st.session_state[_PAGE] = page
    if entered and not own:
        own = st.session_state.get(_kept(page), {})
    if own != given:
        st.query_params.from_dict(own)
    st.session_state[_kept(page)] = own


def one(name: str) -> str:
    """Return what the address says of a parameter; an empty text where it says nothing."""
    return st.query_params.get(name, "")


def many(name: str) -> list[str]:
    """Return all that the address says of a parameter."""
    return [value for value in st.query_params.get_all(name) if value]


def put(name: str, value: str | Sequence[str] | None) -> None:
    """Write a parameter into the address; without a value, take it out."""
    values = [part for part in ([value] if isinstance(value, str) else value or ()) if part]
    if values:
        st.query_params[name] = values
    elif name in st.query_params:
        del st.query_params[name]
    kept = {name: st.query_params.get_all(name) for name in st.query_params}
    st.session_state[_kept(st.session_state[_PAGE])] = kept


def put_together(parameters: Mapping[str, Sequence[str]]) -> None:
    """Write all values of several parameters in one step of the browser's history; without values, take them out."""
    before = {name: st.query_params.get_all(name) for name in st.query_params}
    after = {name: list(values) for name, values in {**before, **parameters}.items() if values}
    if after != before:
        st.query_params.from_dict(after)
        st.session_state[_kept(st.session_state[_PAGE])] = after


def put_all(**parameters: str) -> None:
    """Write several parameters."""
    for name, value in parameters.items():
        put(name, value)


def take_out(name: str, value: str | None = None) -> None:
    """Take a parameter out of the address, or one of its values."""
    put(name, [other for other in many(name) if value is not None and other != value])


def field(name: str, value: object) -> str:
    """Fill the field of a parameter with what the address says; return the field's key, to which `written` belongs."""
    key = f"{st.session_state[_PAGE]}-{name}"
    st.session_state[key] = value
    return key


def written(name: str, default: object = None) -> None:
    """Write into the address what a reader put into the field of a parameter, but for its default."""
    value = st.session_state[f"{st.session_state[_PAGE]}-{name}"]
    if value == default or value in _NOT_GIVEN:
        put(name, None)
    elif isinstance(value, tuple):
        put(name, "-".join(f"{part}" for part in value))
    else:
        put(name, [str(part) for part in value] if isinstance(value, list) else str(value))


def _kept(page: str) -> str:
    return f"asked-{page}"
