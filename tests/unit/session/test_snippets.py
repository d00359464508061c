""" "Show the code": each script runs by itself and prints the numbers of its page."""

import ast
import contextlib
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anchorlab import engine
from anchorlab.canvas.pages import PAGES
from anchorlab.catalogue.coders import CODERS
from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.matching.rule import Rule
from anchorlab.catalogue.presets import PRESETS
from anchorlab.catalogue.suppression import METHODS, play
from anchorlab.engine import Reason
from anchorlab.scenes.catalogue import IDS, load_scene
from anchorlab.session import anchor_source, evaluating, highlights, results, snippets
from anchorlab.session.app_state import DEFAULT, UPLOAD, AppState, Objects, Selection, put
from anchorlab.session.own import NOTHING
from anchorlab.session.scene import Photo, Scene
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import GreedySpec, ThresholdSpec, changes_to
from anchorlab.settings.simulation import SimulateSpec
from anchorlab.settings.suppression import NmsSpec
from tests.unit.app_states import app_states, levels

# The Pyramid page's script has its own tests, beside what it shows; Rosetta's is of two libraries.
SCRIPTED = [page.name for page in PAGES.values() if page.script and page.name != "pyramid"]


def scene_of(app: AppState) -> Scene:
    """What `scene.current` gives in a session, without the picture."""
    if app.scene == UPLOAD:
        (width, height), own = app.upload_size, Objects(classes=("object",))
    else:
        known = load_scene(app.scene)
        width, height = known.width, known.height
        own = Objects(
            tuple(tuple(map(float, box)) for box in known.boxes),
            tuple(map(int, known.class_ids)),
            known.classes,
        )
    objects = app.objects or own
    photo = Photo("0", b"", "image/png", width, height, 0.6)
    return Scene(app.scene, "", "", "", photo, objects)


def execute(script: str) -> tuple[str, dict]:
    """What a script prints, and the names it leaves, in a fresh namespace."""
    printed, space = io.StringIO(), {"__name__": "__main__"}
    with contextlib.redirect_stdout(printed):
        exec(compile(script, "snippet.py", "exec"), space)  # noqa: S102 (it is what is tested)
    return printed.getvalue(), space


def run(script: str) -> dict[str, list[list[float]]]:
    """Runs a script; for the first word of each line it printed, the numbers of those lines."""
    lines: dict[str, list[list[float]]] = {}
    for line in execute(script)[0].splitlines():
        word = re.search(r"[a-z]+", line)[0]
        lines.setdefault(word, []).append([float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", line)])
    return lines


class Expected:
    """The same numbers, as the pages get them."""

    def __init__(self, app: AppState, scene: Scene):
        size = (scene.height, scene.width)
        self.app, self.scene = app, scene
        how = anchor_source.of(app, *size)
        self.laid = results.anchors(how, *size)
        self.found = results.matches(how, *size, scene.objects, app.matching.spec)
        self.grid = results.anchors(anchor_source.grid_of(app), *size)

    def counts(self) -> list[int]:
        return [int((self.found.label == k).sum()) for k in (1, -1, 0)]

    def best(self) -> list[list[float]]:
        pairs = zip(self.found.best_anchor, self.found.best_anchor_iou, strict=True)
        return [
            [k, int(anchor), pytest.approx(float(iou), abs=6e-5)] for k, (anchor, iou) in enumerate(pairs)
        ]

    def offsets(self, got: dict) -> None:
        pair = highlights.pair(self.laid, self.found, self.scene.boxes, self.app)
        if pair is None:
            assert got["nothing"] == [[]]
        else:
            assert got["offsets"] == [pytest.approx(pair.target, abs=1e-4)]

    def best_offsets(self, got: dict) -> None:
        """The first page tells of the selected or last object and its best anchor, whatever its label."""
        boxes, gt = self.scene.boxes, self.app.selection.object
        gt = gt if 0 <= gt < len(boxes) else len(boxes) - 1
        if gt < 0 or self.found.best_anchor[gt] < 0:
            assert got["nothing"] == [[]]
        else:
            best = [self.found.best_anchor[gt]]
            stride = self.laid.cell_sides[best]
            want = engine.encode(self.laid.xyxy[best], boxes[[gt]], self.app.coder, stride=stride)
            assert got["offsets"] == [pytest.approx(want[0], abs=1e-4)]

    def predictions(self, got: dict, source: str, method: str) -> None:
        found, _ = results.predictions(self.scene, replace(self.app, source=source))
        played = play(found, replace(self.app.suppression, method=method))
        assert got["predictions"] == [[len(found.scores), played.above, len(played.keep)]]
        assert got.get("kept", []) == [
            [int(k), pytest.approx(float(played.final_scores[k]), abs=6e-5)] for k in played.keep
        ]
        if method == "fusion":
            assert got.get("fused", []) == [pytest.approx(box, abs=0.006, rel=1e-5) for box in played.boxes]

    def check(self, page: str, got: dict) -> None:
        laid, found = self.laid, self.found
        if page == "anchors":
            laid = self.grid
        if page not in ("nms", "evaluation") or self.app.source == "simulated":
            assert got["anchors"] == [[len(laid.xyxy)]]
        if page in ("home", "matching"):
            assert got["positive"] == [self.counts()]
        rule = self.app.matching.rule
        if page == "home" or (page == "matching" and RULES[rule].prints == Rule.prints):
            assert got.get("object", []) == self.best()
        if page == "matching" and rule == "atss":
            assert len(got.get("threshold", [])) == len(self.scene.boxes)
        if page == "matching" and rule == "yolov5":
            learned = {int(anchor) for anchor, *_ in got.get("pair", [])}
            assert learned == set(np.flatnonzero(found.label == 1))
        if page == "matching" and rule == "greedy":
            rounds = [
                [k, anchor, gt, pytest.approx(iou, abs=6e-5)]
                for k, (anchor, gt, iou) in enumerate(zip(*found.story[:3], strict=True), 1)
            ]
            assert got.get("round", []) == rounds
        if page == "home":
            self.best_offsets(got)
            self.predictions(got, "detector" if self.app.source == "detector" else "simulated", "hard")
        if page == "offsets":
            self.offsets(got)
        if page == "offsets" and "nothing" not in got:
            targets = engine.encode_matches(laid, found, self.scene.boxes, self.app.coder).offsets
            assert got["positive"] == [[len(targets)]]
            assert got["spread"] == [pytest.approx(targets.std(axis=0), abs=1e-3, rel=1e-4)]
        if page == "losses":
            want = results.costs(self.scene, self.app)
            assert got["positives"] == [[len(want.sample.positives), len(want.sample.negatives)]]
            parts = want.total.classification, want.total.regression, want.total.total
            assert got["classes"] == [pytest.approx(parts, abs=6e-5, rel=1e-5)]
        if page == "anchors":
            assert got["x"][0] == [
                *self.app.anchors.grid(self.scene.height, self.scene.width),
                self.app.anchors.shapes_per_cell,
            ]
            assert got["leave"] == [[int((~laid.inside).sum())]]
            assert got["bytes"] == [[laid.xyxy.nbytes]]
            shapes = self.app.anchors.widths_heights
            assert got["shape"] == [pytest.approx(shape, abs=0.06) for shape in shapes]
        if page == "evaluation":
            found = evaluating.counted(evaluating.pictures(self.scene, self.app), self.app)
            if found.ap is not None:
                assert got["average"] == [[pytest.approx(found.ap, abs=6e-5)]]
            told = [
                [pytest.approx(s, abs=6e-5), pytest.approx(o, abs=6e-5)]
                for s, o in zip(found.rows.score[found.index], found.overlap, strict=True)
            ]
            lines = [line for word in ("true", "double", "misplaced", "false") for line in got.get(word, [])]
            assert sorted(lines, reverse=True) == sorted(
                told,
                key=lambda row: [float(f"{one.expected:.4f}") for one in row],
                reverse=True,  # as printed
            )
        if page == "nms":
            self.predictions(got, self.app.source, self.app.suppression.method)


def script_of(page: str, app: AppState, scene: Scene) -> str:
    return snippets.snippet(PAGES[page].script, app, scene)


def check(page: str, app: AppState) -> str:
    scene = PAGES[page].pictured(scene_of(app), app, NOTHING)
    script = script_of(page, app, scene)
    Expected(app, scene).check(page, run(script))
    return script


@pytest.mark.parametrize("scene", IDS)
@pytest.mark.parametrize("page", SCRIPTED)
def test_the_script_prints_what_the_page_shows(page, scene):
    check(page, put(DEFAULT, scene=scene))


@pytest.mark.parametrize(
    ("name", "resize"), [("retinanet", 0.6), ("fpn", 0.5), ("ssd300", (300, 300)), ("yolov3", 1.0)]
)
def test_the_script_generates_the_pyramid_that_the_page_shows(name, resize):
    script = check("matching", put(DEFAULT, layout="pyramid", pyramid=PRESETS[name].spec, resize=resize))
    assert "PRESETS" in script


def test_a_pyramid_of_ones_own_is_written_out():
    own = replace(PRESETS["ssd300"].spec.levels[0], map_size=None, stride=40)
    app = put(DEFAULT, layout="pyramid", pyramid__levels=(own,), pyramid__center=0)
    assert "LevelSpec(40, (" in check("matching", app)


@st.composite
def playable(draw) -> AppState:
    """Random labs of at most some thousand anchors, none of them cut to nothing."""
    app = draw(app_states())
    size = draw(st.tuples(st.integers(100, 500), st.integers(100, 500))) if app.scene == UPLOAD else None
    border = app.anchors.border if app.anchors.border != "clip" else "keep"
    spec = replace(
        app.anchors,
        sizes=tuple(min(s, 512) for s in app.anchors.sizes[:3]),
        aspect_ratios=app.anchors.aspect_ratios[:3],
        stride=max(24, app.anchors.stride),
        border=border,
    )
    known = st.sampled_from([PRESETS[name].spec.levels for name in ("yolov2", "ssd300")])
    few = st.lists(levels(), min_size=1, max_size=2).map(
        lambda some: tuple(
            replace(
                level, stride=max(24, level.stride), map_size=None, widths_heights=level.widths_heights[:3]
            )
            for level in some
        )
    )
    pyramid = replace(app.pyramid, levels=draw(known | few), border=border)
    coder = replace(app.coder, stds=tuple(max(0.05, s) for s in app.coder.stds), clamp=4.0)
    # What lies in a visitor's file no script can read here.
    unread = app.source == UPLOAD or (app.source == "detector" and app.scene == UPLOAD)
    return replace(
        app,
        upload_size=size,
        anchors=spec,
        pyramid=pyramid,
        resize=draw(st.sampled_from([1.0, 0.5, (200, 300)])),
        coder=coder,
        source="simulated" if unread else app.source,
        selection=replace(app.selection, anchor=draw(st.integers(-1, 300)), object=draw(st.integers(-1, 6))),
    )


@pytest.mark.parametrize("page", SCRIPTED)
@given(app=playable())
@settings(max_examples=6)
def test_any_settings_print_what_the_page_shows(page, app):
    scene = PAGES[page].pictured(scene_of(app), app, NOTHING)
    try:
        script = script_of(page, app, scene)
        got = run(script)
    except ValueError as refusal:
        # What the engine refuses (overflowing boxes), the page and the script refuse alike.
        assume("overflow" in str(refusal))
        return
    Expected(app, scene).check(page, got)


def test_the_first_page_in_the_readers_eyes():
    assert check("matching", DEFAULT).startswith(
        """# To make anchorlab importable from anywhere: pip install .  (in AnchorLab's folder)

import numpy as np

from anchorlab import engine
from anchorlab.settings import AnchorSpec
from anchorlab.settings.matching import ThresholdSpec

height, width = 400, 600
boxes = np.array(
    [
        [77, 70, 479, 389],  # 0: saucer
        [173, 18, 406, 306],  # 1: cup
        [326, 66, 424, 326],  # 2: spoon
    ],
    np.float32,
)

spec = AnchorSpec()
anchors = engine.generate_anchors(spec, height, width)
"""
    )


def test_only_what_differs_from_the_defaults_is_written():
    app = put(
        DEFAULT, anchors__stride=16.0, matching__threshold__high=0.6, suppression__top_k=50, simulate__seed=3
    )
    script = check("home", app)
    assert "AnchorSpec(stride=16)" in script
    assert "ThresholdSpec(high=0.6)" in script
    assert "NmsSpec(score_threshold=0.5, top_k=50)" in script
    assert "SimulateSpec(seed=3)" in script
    assert "CoderSpec()" in script


def test_anchors_that_may_not_take_part():
    script = check("matching", put(DEFAULT, anchors__border="ignore"))
    assert "usable=anchors.inside" in script


def test_greedy_names_the_books_function():
    script = check("matching", put(DEFAULT, matching__rule="greedy"))
    assert "anchorlab.d2l" in script


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"anchors__border": "ignore"},
        {"layout": "pyramid"},
        {"layout": "pyramid", "pyramid": PRESETS["ssd300"].spec, "resize": (300, 300)},
    ],
    ids=["grid", "outside ignored", "pyramid", "resized"],
)
def test_every_rule_has_its_own_call(rule, given):
    app = put(DEFAULT, scene="cat", **given, matching__rule=rule)
    script = check("matching", app)
    assert f"{RULES[rule].settings.__name__}(" in script


@pytest.mark.parametrize("layout", ["grid", "pyramid"])
@pytest.mark.parametrize("kind", CODERS)
def test_every_coder_has_its_own_call(kind, layout):
    app = put(DEFAULT, coder__kind=kind, coder__clamp=4.135167, layout=layout, matching__rule="yolo")
    script = check("offsets", app)
    assert ("stride=" in script.split("coder = ")[1]) == CODERS[kind].takes("stride")


def test_a_selected_anchor_is_explained():
    app = put(DEFAULT, selection=Selection(anchor=943))
    printed, _ = execute(check("matching", app))
    assert f"anchor 943: {Reason.ABOVE_HIGH.name}, best IoU 0.7983" in printed


@pytest.mark.parametrize("anchor", [-1, 2223, 10**7])
def test_no_anchor_is_explained_that_is_not_there(anchor):
    assert "Reason" not in check("matching", put(DEFAULT, selection=Selection(anchor=anchor)))


def test_offsets_set_by_hand_are_decoded():
    app = put(DEFAULT, offsets=(0.5, -1.25, 0.1, 2.0))
    scene = scene_of(app)
    script = script_of("offsets", app, scene)
    pair = highlights.pair(Expected(app, scene).laid, Expected(app, scene).found, scene.boxes, app)
    anchor = Expected(app, scene).laid.xyxy[[pair.anchor]]
    decoded = engine.decode(anchor, np.array([app.offsets], np.float32), app.coder)[0]
    assert run(script)["decoded"] == [pytest.approx(decoded, abs=0.006)]
    assert "[0.5, -1.25, 0.1, 2]" in script


def test_without_objects_there_is_nothing_to_encode():
    app = put(DEFAULT, objects=Objects((), (), ("cup",)))
    for page in SCRIPTED:
        check(page, app)
    assert "nothing to encode" in script_of("offsets", app, scene_of(app))


def test_long_lists_of_boxes_are_exact_and_fill_their_lines():
    boxes = tuple((k / 7, k / 3, k / 7 + 33.3, k / 3 + 0.1 + k) for k in range(1, 60))
    app = put(DEFAULT, objects=Objects(boxes, tuple(k % 2 for k in range(59)), ("a", "b")))
    script = check("matching", app)
    assert max(map(len, script.splitlines())) <= snippets.COLUMNS
    np.testing.assert_array_equal(execute(script)[1]["boxes"], scene_of(app).boxes)
    check("nms", app)


@pytest.mark.parametrize(
    "name",
    ["a\nimport os", "x\rprint(1)", '"', "'''", "\\", "#", "{x}", "猫🐱", "\u202e", "\ud83d", "a" * 40],
)
def test_class_names_stay_in_their_comments(name):
    app = put(DEFAULT, objects=Objects(((1.0, 2.0, 50.0, 60.0),), (0,), (name,)))
    plain = put(DEFAULT, objects=Objects(((1.0, 2.0, 50.0, 60.0),), (0,), ("cup",)))
    for page in SCRIPTED:
        script = check(page, app)
        script.encode()
        assert ast.dump(ast.parse(script)) == ast.dump(ast.parse(script_of(page, plain, scene_of(plain))))


@pytest.mark.parametrize("ties", ["first", "last"])
@pytest.mark.parametrize("source", ["simulated", "book", "example"])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_prints_what_its_player_ends_with(method, source, ties):
    for changes in (
        {},
        {"suppression__inclusive": True, "suppression__per_class": False},
        {"suppression__shift_classes": True},
    ):
        check(
            "nms",
            put(
                DEFAULT,
                suppression__method=method,
                source=source,
                suppression__ties=ties,
                suppression__top_k=19,
                **changes,
            ),
        )


@pytest.mark.parametrize("page", ["home", "nms", "evaluation"])
def test_the_trained_detector_is_asked_about_the_picture(page):
    script = check(page, put(DEFAULT, source="detector", scene="shapes"))
    assert 'load_scene("shapes").image' in script and "simulate" not in script


def test_the_books_boxes_need_no_anchors():
    script = check("nms", put(DEFAULT, source="book", scene="dogcat"))
    assert "generate_anchors" not in script


@pytest.mark.parametrize(
    "classes", [("cup",), ("cup", 'a "b"', "c\nd"), tuple(f"class number {k}" for k in range(20))]
)
def test_uploaded_predictions_are_read_from_the_readers_file(classes, tmp_path, monkeypatch):
    app = put(DEFAULT, source="upload", objects=Objects((), (), classes))
    script = script_of("nms", app, scene_of(app))
    assert max(map(len, script.splitlines())) <= snippets.COLUMNS
    entries = [
        {"image_id": 1, "category_id": 0, "bbox": [10, 10, 80, 60], "score": 0.9},
        {"image_id": 1, "category_id": 0, "bbox": [12, 11, 80, 60], "score": 0.8},
        {"image_id": 1, "category_id": 0, "bbox": [300, 200, 80, 60], "score": 0.7},
    ]
    (tmp_path / "predictions.json").write_text(json.dumps(entries))
    monkeypatch.chdir(tmp_path)
    got = run(script)
    assert got["predictions"] == [[3, 3, 2]]
    assert got["kept"] == [[0, 0.9], [2, 0.7]]


@pytest.mark.parametrize("page", SCRIPTED)
def test_scripts_are_short_and_ask_for_nothing_but_the_library(page):
    script = check(page, DEFAULT)
    assert len(script.splitlines()) <= 50
    modules = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(script))
        if isinstance(node, ast.ImportFrom | ast.Import)
    }
    known = {"numpy", "anchorlab", "anchorlab.settings", "anchorlab.settings.matching"}
    if page == "evaluation":  # it suppresses by whatever method, and changes a threshold of a convention
        known |= {"dataclasses", "anchorlab.catalogue.suppression"}
        known |= {"anchorlab.settings.evaluation", "anchorlab.settings.suppression"}
    assert modules <= known


@pytest.mark.parametrize(
    "spec",
    [
        AnchorSpec(sizes=(32.5,), aspect_ratios=(1 / 3, 1, 3), center=0, combine="first", ratio_means="w/h"),
        GreedySpec(high=1 / 3),
        CoderSpec(means=(0.1, 0, 0, 0), stds=(1, 1, 1, 1), clamp=4.135166556742356),
        NmsSpec(per_class=False, top_k=3, iou_threshold=1e-05),
        SimulateSpec(seed=2**32 - 1, score_noise=0.0),
    ],
)
def test_settings_read_back_the_same(spec):
    name = type(spec).__name__
    assert eval(snippets.call(name, snippets.settings(spec)), {name: type(spec)}) == spec


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_numbers_read_back_the_same(value):
    assert np.float32(float(snippets.number(np.float32(value)))) == np.float32(value)
    assert float(snippets.number(value)) == value


@pytest.mark.parametrize("rule", [GreedySpec(), ThresholdSpec(high=0, low=0)])
def test_clipped_anchors_without_area_have_no_offsets(rule):
    spec = AnchorSpec(sizes=(64,), aspect_ratios=(1,), stride=512, border="clip")
    check("offsets", put(DEFAULT, anchors=spec, **changes_to(rule)))
