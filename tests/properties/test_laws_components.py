"""Laws of components: any document gets an answer, and nothing undeclared gets in or out."""

import copy

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from makeshift import DOCUMENT, component, count_homes, document, stations

from stroomstad.components import read_manifest, run_component
from stroomstad.components.manifest import MANIFEST
from stroomstad.components.shapes import Each, Fields
from stroomstad.store import hash_table

LEAVES = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def required_paths(shape, value, path=()):
    """Path of every key that is needed in a document."""
    if isinstance(shape, Fields):
        for key, part in shape.parts.items():
            if key in value:
                if part.required:
                    yield (*path, key)
                yield from required_paths(part, value[key], (*path, key))
    if isinstance(shape, Each):
        for place, item in enumerate(value):
            yield from required_paths(shape.of, item, (*path, place))


PATHS = list(required_paths(MANIFEST, DOCUMENT))


def inside(made, path):
    for key in path:
        made = made[key]
    return made


def said(path):
    """How a path is told: ``inputs[0].table``."""
    parts = [f"[{key}]" if isinstance(key, int) else f".{key}" for key in path]
    return "".join(parts).removeprefix(".")


@given(st.dictionaries(st.sampled_from(list(DOCUMENT)), ANYTHING), ANYTHING)
def test_any_document_is_read_or_told_and_never_fails(changed, other):
    for made in (document() | changed, other):
        manifest, issues = read_manifest(made)
        assert (manifest is None) == bool(issues)
        assert all(issue.where and issue.problem and issue.remedy for issue in issues)


@given(st.sets(st.sampled_from(PATHS), min_size=1, max_size=6))
def test_every_key_that_is_left_out_is_told_at_once(paths):
    # What lies inside something that is left out is not missed by itself.
    paths = [
        path for path in paths if not any(path[: len(above)] == above for above in paths - {path})
    ]
    made = document()
    for path in paths:
        del inside(made, path[:-1])[path[-1]]
    _, issues = read_manifest(made)
    told = {issue.where for issue in issues if issue.problem == "is missing."}
    assert told == {f"component.json: {said(path)}" for path in paths}


@given(st.sampled_from(PATHS), ANYTHING)
def test_what_is_read_is_what_was_written(path, value):
    made = document()
    inside(made, path[:-1])[path[-1]] = value
    given_ = copy.deepcopy(made)
    manifest, _ = read_manifest(made)
    if manifest is not None:
        assert manifest.document == given_


@given(
    st.lists(st.integers(0, 500), min_size=3, max_size=3),
    st.dictionaries(st.sampled_from(["note", "secret", "rating_kva"]), st.integers(0, 9)),
    st.integers(0, 1000),
)
def test_what_was_not_declared_changes_no_answer_and_no_table(homes, more, least):
    plain = stations().assign(homes=homes)
    rich = plain.assign(**more)
    tables = {"stations": rich, "points": pd.DataFrame({"x": [1]})}
    before = {name: hash_table(rows) for name, rows in tables.items()}
    chosen = {"least_homes": least}
    one, issues = run_component(component(count_homes), tables, chosen)
    other, _ = run_component(component(count_homes), {"stations": plain}, chosen)
    assert issues == []
    pd.testing.assert_frame_equal(one.indicators, other.indicators)
    pd.testing.assert_frame_equal(
        pd.DataFrame(one.layers["homes_here"]), pd.DataFrame(other.layers["homes_here"])
    )
    assert {name: hash_table(rows) for name, rows in tables.items()} == before
