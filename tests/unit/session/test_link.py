"""Links: every lab comes back from its own link, and no text whatever breaks one."""

from dataclasses import fields, is_dataclass
from urllib.parse import parse_qs, parse_qsl

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anchorlab.scenes.catalogue import IDS
from anchorlab.session import link
from anchorlab.session.app_state import DEFAULT, UPLOAD, AppState, Objects, get, put
from tests.unit.app_states import app_states, names

NAMES = [f.name for f in link.FIELDS]
NASTY = (
    "", " ", "junk", "nan", "NaN", "inf", "-inf", "1e400", "9" * 401, "-1e400", "1" * 5000, "-1", "0", "1,2",
    ",,,,", "1,nan,3,4", "none", "None", "null", "true", "1e-320", "0x10", "1_0", "١٢", "½", "1;2", "1 2", "~",
    "_", "~~~", "a~b~c", "1,2,3,4,5", "4,3,2,1,0~x", "1,1,2,2,99~x", "1,1,2,2,-3~x", "nan,1,2,3,0~x",
    "1,1,2,2,1e9~x", "1,1,2,2,0~%", "1,1,2,2,0~%FF%FE", "1,1,2,2,0~\ud800", "0x0", "-5x9", "1x", "x", "1x2x3",
    "99999999x1", "upload", "coffee ", "../coffee", "coffee\x00", "<script>alert(1)</script>", "😀",
    "1" + "," * 10_000, "_".join(["1,1,2,2,0"] * 1000), "~" + ",".join(["a"] * 1000),
)  # fmt: skip


def back(app: AppState) -> AppState:
    """The app state as the browser would give it back: the query is decoded once by the server."""
    return link.from_query(dict(parse_qsl(link.to_query(app), keep_blank_values=True)))


def leaves(value, path=""):
    """Dotted paths of all fields that hold no record."""
    for f in fields(value):
        child = getattr(value, f.name)
        where = f"{path}{f.name}"
        yield from leaves(child, f"{where}.") if is_dataclass(child) else [where]


def check(app: AppState) -> None:
    """What every lab promises, whatever link it came from: types and ranges."""
    assert app.scene in (*IDS, UPLOAD)
    assert app.scene != UPLOAD or app.upload_size is not None
    for f in link.FIELDS:
        # Written and read again nothing changes: so the value is one that the reader lets through.
        value = get(app, f.path)
        if value is not None or f.name in ("clamp", "best"):
            assert f.read(f.write(value)) == value, f.name
    if app.objects:
        ids, classes = app.objects.class_ids, app.objects.classes
        assert len(ids) == len(app.objects.boxes)
        assert all(0 <= c < len(classes) for c in ids)
        assert all(x2 > x1 and y2 > y1 for x1, y1, x2, y2 in app.objects.boxes)
    assert back(app) == app


def test_the_default_lab_needs_no_query():
    assert link.to_query(DEFAULT) == ""
    assert link.from_query({}) == DEFAULT


def test_names_are_given_once():
    assert len(set(NAMES)) == len(NAMES)


def test_every_field_of_the_lab_is_in_the_link():
    linked = {f.path for f in link.FIELDS}
    assert set(leaves(DEFAULT)) == linked


@given(app_states())
def test_a_lab_comes_back_from_its_link(app):
    assert back(app) == app


@given(st.lists(names, min_size=1, max_size=5))
@example(["a,b", "c_d", "e~f", "g&h=i", "j%2Ck", "l+m n"])
@example(["猫", "κύπελλο", "🥄👩‍🚀", "<b onclick='x'>", "a\u202eb", "#", "?", '"', "\\"])
def test_class_names_come_back(classes):
    app = put(DEFAULT, objects=Objects(((1.0, 2.0, 3.5, 4.0),), (len(classes) - 1,), tuple(classes)))
    assert back(app) == app


@given(app_states())
def test_a_link_is_plain_text(app):
    query = link.to_query(app)
    assert query.isascii()
    assert not set(query) & set(" \"'<>#\n\t")
    assert all(part.count("=") == 1 for part in query.split("&") if part)


@pytest.mark.parametrize("name", NAMES)
def test_junk_gives_a_valid_lab(name):
    for text in NASTY:
        check(link.from_query({name: text}))


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30) | st.sampled_from(NASTY)))
def test_any_query_gives_a_valid_lab(query):
    check(link.from_query(query))


@given(st.dictionaries(st.sampled_from(NAMES), st.floats().map(str) | st.integers().map(str)))
def test_any_numbers_give_a_valid_lab(query):
    check(link.from_query(query))


def test_unknown_keys_are_passed_over():
    assert link.from_query({"utm_source": "x", "__class__": "y", "matching.threshold.high": "0.9"}) == DEFAULT


def test_one_bad_value_spoils_no_other():
    app = link.from_query({"stride": "16", "threshold.high": "nan", "scene": "nowhere", "seed": "7"})
    assert app == put(DEFAULT, anchors__stride=16.0, simulate__seed=7)


def test_values_out_of_range_are_clamped():
    app = link.from_query(
        {"stride": "1e9", "score_threshold": "-4", "iou_threshold": "7", "each": "0", "t": "99,-99,0,1"}
    )
    assert app.anchors.stride == 512
    assert (app.suppression.score_threshold, app.suppression.iou_threshold) == (0, 1)
    assert app.simulate.per_object == 1
    assert app.offsets == (50, -50, 0, 1)


def test_thresholds_that_contradict_each_other_are_dropped_alone():
    app = link.from_query({"threshold.low": "0.9", "threshold.high": "0.2", "stride": "16"})
    assert app.matching == DEFAULT.matching
    assert app.anchors.stride == 16


def test_a_threshold_that_contradicts_a_default_is_dropped_alone():
    app = link.from_query({"threshold.low": "0.9", "threshold.low_quality": "0", "iou_threshold": "0.3"})
    assert app.matching.threshold.low <= app.matching.threshold.high
    assert app.suppression.iou_threshold == 0.3


def test_a_rule_and_the_settings_of_others():
    app = link.from_query(
        {"rule": "greedy", "greedy.high": "0.2", "atss.top_k": "77", "yolov5.side_factor": "1e9"}
    )
    assert (app.matching.rule, app.matching.spec.high, app.matching.threshold.high) == ("greedy", 0.2, 0.5)
    assert (app.matching.atss.top_k, app.matching.yolov5.side_factor) == (50, 20)
    assert link.to_query(app) == "rule=greedy&greedy.high=0.2&atss.top_k=50&yolov5.side_factor=20"


def test_an_upload_needs_its_size():
    assert link.from_query({"scene": "upload"}).scene == DEFAULT.scene
    assert link.from_query({"scene": "upload", "size": "640x480"}).upload_size == (640, 480)


def test_reversed_boxes_and_unknown_classes():
    found = link.read_objects("9,9,1,1,0_1,1,9,9,7_1,1,9,9_1,1,9,9,0~cat")
    assert found == Objects(((1, 1, 9, 9), (1, 1, 9, 9)), (0, 0), ("cat",))


def test_a_nameless_class_shifts_no_other():
    assert link.read_objects("1,1,9,9,2~a,,b").classes == ("a", "object", "b")


def test_half_a_character_in_a_name_breaks_no_link():
    app = put(DEFAULT, objects=Objects((), (), ("cup\ud83d",)))
    assert back(app).objects.classes == ("cup?",)


def test_no_boxes_is_not_the_scenes_own_boxes():
    app = put(DEFAULT, objects=Objects((), (), ("cup",)))
    assert "boxes=" in link.to_query(app)
    assert back(app) == app


def test_limits_hold():
    many = link.read_objects("_".join(["1,1,2,2,0"] * 1000) + "~" + ",".join(f"c{k}" for k in range(1000)))
    assert (len(many.boxes), len(many.classes)) == (link.MAX_BOXES, link.MAX_CLASSES)
    assert len(link.from_query({"sizes": ",".join(["9"] * 100)}).anchors.sizes) == link.MAX_LIST


def test_a_link_of_24_boxes_is_short():
    boxes = tuple((1000.5 + k, 1000.5 + k, 1234.5 + k, 1234.5 + k) for k in range(24))
    classes = tuple(f"category {k}" for k in range(10))
    app = put(
        DEFAULT,
        objects=Objects(boxes, tuple(k % 10 for k in range(24)), classes),
        anchors__sizes=(32.5, 64.5, 128.5, 256.5),
        matching__threshold__high=0.72,
        coder__stds=(1.0, 1.0, 1.0, 1.0),
        offsets=(0.1234, -1.5, 2.25, 0.3333),
        simulate__seed=1234,
    )
    assert len(link.to_query(app)) < 2000


def test_a_browser_reads_the_link_as_the_server_does():
    app = put(DEFAULT, objects=Objects(((1.0, 1.0, 2.0, 2.0),), (0,), ("a&b=c,d",)), anchors__stride=16.0)
    query = parse_qs(link.to_query(app), strict_parsing=True)
    assert set(query) == {"boxes", "stride"}
    assert query["boxes"] == ["1,1,2,2,0~a&b=c%2Cd"]
