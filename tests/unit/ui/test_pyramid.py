"""The pyramid of an app state: presets, what people change of it, the resized picture, and what is compiled when."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchorlab import engine
from anchorlab.canvas import warm_up
from anchorlab.canvas.pages import PAGES
from anchorlab.catalogue.presets import PRESETS
from anchorlab.scenes.catalogue import SCENES, load_scene
from anchorlab.session import anchor_source, link, results, snippets, store
from anchorlab.session import pyramid_choices as choices
from anchorlab.session.anchor_source import MAX_ANCHORS, AnchorSource
from anchorlab.session.app_state import DEFAULT, Objects, put
from anchorlab.settings.pyramids import LevelSpec
from anchorlab.ui.panels import pyramid
from tests.unit.app_states import app_states, several_levels
from tests.unit.session.test_snippets import run, scene_of

RETINANET = PRESETS["retinanet"].spec


def objects_of(scene_id: str) -> Objects:
    here = load_scene(scene_id)
    boxes = tuple(tuple(map(float, box)) for box in here.boxes)
    return Objects(boxes, tuple(here.class_ids.tolist()), here.classes)


# ---- presets


def test_every_preset_is_on_offer_or_equal_to_one_that_is():
    specs = {PRESETS[name].spec for name in choices.shown()}
    assert specs == {preset.spec for preset in PRESETS.values()}
    assert len(specs) == len(choices.shown())
    assert all(len(label) <= 14 for label in choices.shown().values())


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_known_by_its_levels(name):
    found = choices.preset_of(PRESETS[name].spec.levels)
    assert PRESETS[found].spec.levels == PRESETS[name].spec.levels
    assert PRESETS[name].image[::-1] in choices.usual(PRESETS[name].spec.levels)


def test_maps_of_a_given_size_ask_for_their_picture():
    ssd, yolo = PRESETS["ssd300"].spec.levels, PRESETS["yolov3"].spec.levels
    assert choices.resize_for(ssd, 0.5) == (300, 300)
    assert choices.resize_for(yolo, (300, 300)) == 1.0
    assert choices.resize_for(yolo, 0.5) == 0.5
    assert AnchorSource(PRESETS["ssd300"].spec, (300, 300)).count(400, 600) == 8732
    assert AnchorSource(PRESETS["yolov3"].spec, (416, 416)).count(400, 600) == 10647
    assert AnchorSource(RETINANET, (832, 640)).count(400, 600) == 99765


# ---- sizes, ratios, levels


@pytest.mark.parametrize("name", ["retinanet", "fpn", "faster-rcnn-c4"])
def test_sizes_and_ratios_are_read_off_and_written_back(name):
    levels = PRESETS[name].spec.levels
    shapes = choices.regular(levels)
    assert shapes.ratios == pytest.approx((0.5, 1, 2))
    assert choices.snapped(choices.with_shapes(levels, shapes)) == levels


@pytest.mark.parametrize("name", ["ssd300", "ssd512", "yolov2", "yolov3", "py-faster-rcnn"])
def test_shapes_chosen_one_by_one_are_no_sizes_and_ratios(name):
    assert choices.regular(PRESETS[name].spec.levels) is None


def test_other_sizes_for_every_level():
    levels = choices.with_shapes(RETINANET.levels, choices.Regular((4,), (1, 3), "size-major"))
    for level in levels:
        assert [round(w * h) for w, h in level.widths_heights] == [round((4 * level.stride) ** 2)] * 2
        assert level.widths_heights[1] == pytest.approx(
            (4 * level.stride / 3**0.5, 4 * level.stride * 3**0.5)
        )


def test_a_level_left_out_may_come_back():
    some = RETINANET.levels[1:4]
    assert choices.offered(some) == RETINANET.levels
    # ... with the sizes that the others have by now
    shapes = choices.Regular((3,), (1,), "ratio-major")
    changed = choices.with_shapes(some, shapes)
    assert choices.offered(changed) == choices.with_shapes(RETINANET.levels, shapes)
    own = (LevelSpec(33, ((5, 5),), name="mine"),)
    assert choices.offered(own) == own


@given(several_levels)
def test_whatever_levels_there_are_can_be_shown(levels):
    shapes = choices.regular(levels)
    assert shapes is None or len(shapes.sizes) * len(shapes.ratios) == levels[0].shapes_per_cell
    assert set(levels) <= set(choices.offered(levels))


# ---- the table


def row(level="P3", stride=8.0, rows=None, columns=None, shapes="10×13, 16×30") -> dict:
    return {"level": level, "stride": stride, "rows": rows, "columns": columns, "shapes": shapes}


def test_a_table_is_read():
    levels = pyramid.read_table([row(), row("", 16.5, 4, 5, "20 x 7; 2.5X3")], RETINANET.levels)
    assert levels == (
        LevelSpec(8, ((10, 13), (16, 30)), name="P3"),
        LevelSpec(16.5, ((20, 7), (2.5, 3)), (4, 5)),
    )


def test_rows_that_were_not_touched_keep_all_their_digits():
    shown = [
        dict(zip(("level", "stride", "rows", "columns", "shapes"), pyramid._row(x), strict=True))
        for x in RETINANET.levels
    ]
    assert pyramid.read_table(shown, RETINANET.levels) == RETINANET.levels
    assert (
        pyramid.read_table([{**shown[0], "stride": 10}, *shown[1:]], RETINANET.levels)[1:]
        == RETINANET.levels[1:]
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row(shapes="10")], "Row 1: “10” is no width × height"),
        ([row(shapes="10×0")], "Row 1: 0 must be positive"),
        ([row(), row(shapes="10×x")], "Row 2"),
        ([row(shapes="1×9000")], "Sides go from 2 to 4096"),
        ([row(stride=1)], "Strides go from 2 to 512"),
        ([row(shapes=", ".join(["9×9"] * 17))], "at most 16 shapes"),
        ([row()] * 9, "at most 8 levels"),
        ([], "At least one level"),
        ([row(shapes="")], "At least one level"),
    ],
)
def test_a_table_says_what_is_wrong(rows, words):
    with pytest.raises(ValueError, match=words):
        pyramid.read_table(rows, ())


# ---- the resized picture


def test_levels_scale_back_to_the_picture():
    how = AnchorSource(RETINANET, 0.5)
    assert how.frame(400, 600) == (200, 300)
    laid = results.anchors(how, 400, 600)
    whole = results.anchors(AnchorSource(RETINANET), 200, 300)
    np.testing.assert_allclose(laid.xyxy, 2 * whole.xyxy, rtol=1e-6)
    assert [level.stride for level in laid.levels] == [(s, s) for s in (16, 32, 64, 128, 256)]
    assert laid.levels[0].widths_heights[3] == pytest.approx((64, 64))


def test_resizing_changes_no_overlap_of_resized_boxes():
    how, size = AnchorSource(RETINANET, (300, 300)), (400, 600)
    objects = objects_of("coffee")
    boxes = np.asarray(objects.boxes, np.float32) * np.array([0.5, 0.75, 0.5, 0.75], np.float32)
    iou = engine.pairwise_iou(engine.generate_anchors(RETINANET, 300, 300).xyxy, boxes)
    np.testing.assert_allclose(
        results.level_fit(how, *size, objects).iou.max(axis=0), iou.max(axis=0), atol=1e-5
    )


@given(app_states())
def test_a_page_never_gets_more_anchors_than_it_can_draw(app):
    app = store._fitting(app)
    width, height = store.size_of(app)
    assert anchor_source.pyramid_of(app, height, width).count(height, width) <= MAX_ANCHORS


def test_a_large_picture_is_taken_smaller():
    how = AnchorSource(RETINANET).fitted(1600, 1600)
    assert how.resize == 0.7 and how.count(1600, 1600) <= MAX_ANCHORS
    assert AnchorSource(RETINANET, (400, 400)).fitted(1600, 1600).resize == (400, 400)


def test_too_many_anchors_are_refused_with_what_to_do():
    with pytest.raises(ValueError, match="more than the 260,000 .* resize the picture"):
        store.check_pyramid(put(DEFAULT, scene="hard", resize=1.9))
    store.check_pyramid(put(DEFAULT, scene="hard", resize=1.5))


# ---- the mock's numbers, and what they come from


def test_the_first_picture_in_numbers():
    found = results.level_fit(AnchorSource(RETINANET), 400, 600, objects_of("coffee"))
    assert np.round(found.iou, 2).tolist() == pytest.approx(
        np.array(
            [
                [0.02, 0.04, 0.10],
                [0.08, 0.15, 0.41],
                [0.32, 0.62, 0.77],
                [0.78, 0.82, 0.39],
                [0.49, 0.26, 0.10],
            ]
        )
    )
    assert found.iou.argmax(axis=0).tolist() == [3, 3, 2]


@pytest.mark.parametrize("scene", SCENES)
def test_levels_agree_with_the_matching_of_all(scene):
    info, objects = SCENES[scene], objects_of(scene)
    for how in (AnchorSource(PRESETS["ssd300"].spec, (300, 300)), AnchorSource(PRESETS["fpn"].spec, 0.5)):
        size = (info.height, info.width)
        reach = results.level_fit(how, *size, objects)
        whole = results.matches(how, *size, objects, DEFAULT.matching.spec)
        np.testing.assert_array_equal(reach.iou.max(axis=0), whole.best_anchor_iou)
        first = reach.anchor[reach.iou.argmax(axis=0), np.arange(len(objects.boxes))]
        np.testing.assert_array_equal(first, whole.best_anchor)


def test_without_objects_or_usable_anchors():
    ignored = AnchorSource(replace(PRESETS["faster-rcnn-c4"].spec, border="ignore"))
    found = results.level_fit(ignored, 100, 100, Objects(((10.0, 10.0, 20.0, 20.0),), (0,), ("x",)))
    assert found.iou.tolist() == [[0]] and found.anchor.tolist() == [[-1]]
    assert results.level_fit(ignored, 100, 100, Objects(classes=("x",))).iou.shape == (1, 0)


# ---- show the code


@pytest.mark.parametrize("scene", ["coffee", "rocket"])
@pytest.mark.parametrize(("name", "resize"), [("retinanet", 1.0), ("ssd300", (300, 300)), ("fpn", 0.5)])
def test_the_script_prints_what_the_page_shows(scene, name, resize):
    app = put(DEFAULT, scene=scene, pyramid=PRESETS[name].spec, resize=resize)
    here = scene_of(app)
    got = run(snippets.snippet(snippets.pyramid, app, here))
    size = (here.height, here.width)
    how = anchor_source.pyramid_of(app, *size)
    laid, reach = results.anchors(how, *size), results.level_fit(how, *size, here.objects)
    assert got["anchors"] == [[len(laid.xyxy)]]
    assert got["level"] == [[k, own.rows, own.cols, own.count] for k, own in enumerate(laid.levels)]
    assert [row[1] for row in got["head"]] == [own.rows * own.cols for own in laid.levels]
    best = zip(reach.iou.argmax(axis=0), reach.iou.max(axis=0), strict=True)
    assert got["object"] == [
        [k, int(level) if iou else -1, pytest.approx(float(iou), abs=6e-5)]
        for k, (level, iou) in enumerate(best)
    ]


def test_the_script_without_objects():
    app = put(DEFAULT, objects=Objects((), (), ("x",)))
    assert "object" not in run(snippets.snippet(snippets.pyramid, app, scene_of(app)))


# ---- compiling


@given(st.data())
def test_nothing_compiles_while_a_slider_moves(data):
    """Once a pyramid of such a length and as many objects were seen, whatever else changes is compiled already."""
    for length in (2**15, 2**16):
        warm_up.pyramids(length)
    box = st.tuples(st.integers(0, 200), st.integers(0, 150), st.integers(210, 400), st.integers(160, 300))
    boxes = data.draw(st.lists(box.map(lambda b: tuple(map(float, b))), max_size=12))
    spec = replace(
        data.draw(st.sampled_from([RETINANET, PRESETS["fpn"].spec])),
        center=data.draw(st.sampled_from([0, 0.5])),
        uneven=data.draw(st.sampled_from(["keep", "floor", "exact"])),
        border=data.draw(st.sampled_from(["keep", "clip", "ignore"])),
    )
    how = AnchorSource(spec, data.draw(st.sampled_from([0.75, 0.8, 0.9, 1.0])))
    assert 2**14 < how.count(400, 600) <= 2**16
    with engine.count_compiles() as compiles:
        results.level_fit(how, 400, 600, Objects(tuple(boxes), (0,) * len(boxes), ("x",)))
    assert compiles.count == 0


def test_lengths_of_the_warm_up_reach_to_the_limit():
    assert math.log2(engine.MAX_ANCHORS) > math.log2(MAX_ANCHORS) > 17


def test_links_of_pyramids_are_short_and_readable():
    assert (
        link.to_query(put(DEFAULT, pyramid=PRESETS["ssd300"].spec, resize=(300, 300)))
        == "pyramid=ssd300&resize=300x300"
    )
    assert link.to_query(put(DEFAULT, pyramid__levels=RETINANET.levels[1:4])) == "pyramid=retinanet/234"
    own = (LevelSpec(8, ((10, 13), (16, 30.5)), name="P3"), LevelSpec(300, ((60, 60),), (3, 3), "/300"))
    assert link.write_levels(own) == "8!P3:10x13,16x30.5~300@3x3!%2F300:60x60"
    for text in ("retinanet/234", "retinanet", "8!P3:10x13,16x30.5~300@3x3!%2F300:60x60"):
        assert link.write_levels(link.read_levels(text)) == text


def test_the_code_for_other_libraries_is_of_the_pages_own_anchors():
    app = put(DEFAULT, code="torchvision")
    here = scene_of(app)
    of_pyramid, of_grid = PAGES["pyramid"].code(app, here), PAGES["matching"].code(app, here)
    assert of_pyramid == PAGES["matching"].code(put(app, layout="pyramid"), here) != of_grid
    assert of_grid == PAGES["anchors"].code(put(app, layout="pyramid"), here)
