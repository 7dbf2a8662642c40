"""The map of the images of a workspace: each has its place and labels, and an area holds what lies in it."""

import csv
import io
import json

import numpy as np
import pytest

import casegraph
from casegraph.errors import CaseGraphError, InputError
from casegraph.maps import MapPoint, as_csv, parse_area, points_in
from rag.index.interface import IMAGES


@pytest.fixture(scope="module")
def found(demo_workspace):
    with casegraph.open(demo_workspace) as space:
        return space.maps.read()


def test_every_image_of_the_index_has_one_place_and_the_labels_of_its_case(found, demo_workspace):
    with casegraph.open(demo_workspace) as space:
        stored = space.engines.vectors[IMAGES].read()
        said = {image.image_id: (case, image) for case in space.documents.cases() for image in case.images}
    assert stored is not None
    assert [point.image_id for point in found.points] == sorted(row.vector_id for row in stored.rows)
    assert found.images == len(found.points) > 50
    for point in found.points:
        case, image = said[point.image_id]
        assert (point.case_id, point.title, point.source) == (case.case_id, case.title, case.source)
        assert (point.modality, point.region, point.plane) == (image.modality, image.region, image.plane)
        assert point.category == case.topic.pathology_category


def test_images_of_one_region_lie_nearer_to_each_other_than_to_those_of_others(found):
    places = {
        region: np.array([(point.x, point.y) for point in found.points if point.region == region])
        for region in ("Head", "Thorax")
    }
    head, thorax = (of.mean(axis=0) for of in places.values())
    for region, own, other in (("Head", head, thorax), ("Thorax", thorax, head)):
        nearer = np.linalg.norm(places[region] - own, axis=1) < np.linalg.norm(places[region] - other, axis=1)
        assert nearer.mean() > 0.8, region


def test_a_filter_and_a_lot_leave_every_image_where_it_was(found, demo_workspace):
    with casegraph.open(demo_workspace) as space:
        mr = space.maps.read("modality=MR")
        few, again, others = (space.maps.read(at_most=9, seed=seed) for seed in (4, 4, 5))
        ids = set(space.documents.case_ids("modality=MR"))
    assert set(mr.points) < set(found.points)
    assert {point.case_id for point in mr.points} <= ids
    assert (len(few.points), few.images) == (9, found.images)
    assert set(few.points) < set(found.points)
    assert few == again != others


def test_without_vectors_it_is_said_what_is_missing(demo_documents):
    with casegraph.open(demo_documents) as space:
        assert space.maps.state() == ""
        with pytest.raises(CaseGraphError, match="no vectors of images yet"):
            space.maps.read()


def test_the_csv_has_a_row_for_each_image(found):
    rows = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert [row["image_id"] for row in rows] == [point.image_id for point in found.points]
    assert [float(row["x"]) for row in rows] == [point.x for point in found.points]
    assert list(rows[0]) == ["image_id", "case_id", "x", "y", "modality", "region", "plane", "category", "source"]


def at(x: float, y: float) -> MapPoint:
    return MapPoint(f"a:{x},{y}", "a:1", "t", x, y, None, None, None, None, "a")


def test_an_area_holds_what_lies_in_it_however_it_is_drawn():
    points = [at(0.5, 0.5), at(1.5, 0.5), at(-0.5, 0.5), at(0.2, 0.9)]
    assert points_in(parse_area("0,0 1,0 1,1 0,1"), points) == [points[0], points[3]]
    assert points_in(parse_area("0,1 1,1 1,0 0,0"), points) == [points[0], points[3]]
    assert points_in(parse_area("0,0 1,0 1,1"), [*points[1:3], at(0.1, 0.9)]) == []
    assert points_in(parse_area("0,0 1,0 1,1"), [at(0.9, 0.5), at(0.1, 0.5)]) == [at(0.9, 0.5)]
    assert points_in(parse_area("0,0 1,0 1,1"), []) == []


@pytest.mark.parametrize("text", ["", "0,0 1,1", "0,0 1 1,1", "a,b c,d e,f", "0,0 1,0 nan,1", "0,0 1,0 inf,1"])
def test_what_is_no_area_is_refused(text):
    with pytest.raises(InputError, match="is not an area of the map"):
        parse_area(text)


def test_the_command_writes_csv_or_json_of_the_same_map(run, demo_workspace, tmp_path, found):
    shown = run("map", "-w", demo_workspace)
    assert (shown.code, shown.out) == (0, as_csv(found))
    written = run("map", "-w", demo_workspace, "--output", tmp_path / "map.csv", "--where", "modality=MR")
    assert written.code == 0
    rows = list(csv.DictReader((tmp_path / "map.csv").open()))
    assert 0 < len(rows) < found.images
    answer = run("map", "-w", demo_workspace, "--json", "--at-most", "5")
    assert (len(answer.json["points"]), answer.json["images"]) == (5, found.images)
    assert json.loads(json.dumps(answer.json["explained"])) == list(found.explained)
    both = run("map", "-w", demo_workspace, "--json", "--output", tmp_path / "other.csv")
    assert (both.code, "Choose one of them" in both.err) == (2, True)
    unwritable = run("map", "-w", demo_workspace, "--output", tmp_path / "none" / "map.csv")
    assert (unwritable.code, "cannot be written" in unwritable.err) == (1, True)
