"""Random labs: everything a link can hold, for Hypothesis."""

from dataclasses import fields
from typing import get_type_hints

from hypothesis import strategies as st

from anchorlab.catalogue.libraries import ALL, FIELDS
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.catalogue.presets import PRESETS
from anchorlab.scenes.catalogue import IDS
from anchorlab.session.app_state import (
    CODE_TARGETS,
    EXAMPLES,
    UPLOAD,
    AppState,
    Objects,
    Rosetta,
    Selection,
)
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.matching import RECORDS, Matching
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec
from anchorlab.settings.simulation import SimulateSpec
from anchorlab.settings.suppression import (
    METHODS,
    DiouSettings,
    FusionSettings,
    GaussianSettings,
    MatrixSettings,
    Suppression,
)


def decimals(low: float, high: float, digits: int = 4) -> st.SearchStrategy[float]:
    """Numbers of so many decimals: what a link writes in full."""
    scale = 10**digits
    return st.integers(round(low * scale), round(high * scale)).map(lambda n: n / scale)


names = st.text(max_size=40).map(str.strip).filter(bool)


@st.composite
def objects(draw, max_boxes: int = 5) -> Objects:
    classes = tuple(draw(st.lists(names, min_size=1, max_size=4)))
    boxes, class_ids = [], []
    for _ in range(draw(st.integers(0, max_boxes))):
        x1, y1 = draw(decimals(0, 600, 1)), draw(decimals(0, 400, 1))
        w, h = draw(decimals(0.2, 600, 1)), draw(decimals(0.2, 400, 1))
        boxes.append((x1, y1, round(x1 + w, 1), round(y1 + h, 1)))
        class_ids.append(draw(st.integers(0, len(classes) - 1)))
    return Objects(tuple(boxes), tuple(class_ids), classes)


@st.composite
def levels(draw) -> LevelSpec:
    shape = st.tuples(decimals(2, 4096), decimals(2, 4096))
    return LevelSpec(
        draw(decimals(2, 512)),
        draw(st.lists(shape, min_size=1, max_size=16).map(tuple)),
        draw(st.none() | st.tuples(st.integers(1, 512), st.integers(1, 512))),
        draw(st.from_regex(r"[A-Za-z0-9/._-]{0,12}", fullmatch=True)),
    )


several_levels = st.lists(levels(), min_size=1, max_size=8).map(tuple)
known_levels = st.sampled_from([preset.spec.levels for preset in PRESETS.values()])
some_levels = st.tuples(known_levels, st.integers(0, 4), st.integers(1, 4)).map(
    lambda chosen: chosen[0][chosen[1] :: chosen[2]] or chosen[0]
)


@st.composite
def settings_of(draw, record: type) -> object:
    """A record of settings, each within the range in which links say it."""
    kinds = get_type_hints(record)
    values = {}
    for f in fields(record):
        low, high = f.metadata.get("range", (None, None))
        kind = kinds[f.name]
        ranged = {int: st.integers, float: decimals}
        values[f.name] = draw(st.booleans() if kind is bool else ranged[kind](low, high))
    if "low" in values:
        values["low"], values["high"] = sorted((values["low"], values["high"]))
    return record(**values)


matchings = st.builds(
    Matching,
    st.sampled_from(list(RECORDS)),
    **{name: settings_of(record) for name, record in RECORDS.items()},
)


def four(low: float, high: float) -> st.SearchStrategy[tuple[float, ...]]:
    return st.tuples(*[decimals(low, high)] * 4)


def several(low: float, high: float) -> st.SearchStrategy[tuple[float, ...]]:
    return st.lists(decimals(low, high), min_size=1, max_size=8).map(tuple)


indices = st.integers(-1, 10_000_000)


@st.composite
def app_states(draw) -> AppState:
    scene = draw(st.sampled_from([*IDS, UPLOAD]))
    size = st.tuples(st.integers(1, 4096), st.integers(1, 4096))
    return AppState(
        scene=scene,
        upload_size=draw(size) if scene == UPLOAD else None,
        upload_id=draw(st.from_regex(r"|[0-9a-f]{16}", fullmatch=True)) if scene == UPLOAD else "",
        objects=draw(st.none() | objects()),
        anchors=AnchorSpec(
            sizes=draw(several(2, 4096)),
            aspect_ratios=draw(several(0.02, 50)),
            stride=draw(decimals(2, 512)),
            ratio_means=draw(st.sampled_from(["h/w", "w/h"])),
            combine=draw(st.sampled_from(["all", "first"])),
            center=draw(st.sampled_from([0, 0.5])),
            border=draw(st.sampled_from(["keep", "clip", "ignore"])),
        ),
        layout=draw(st.sampled_from(["grid", "pyramid"])),
        pyramid=PyramidSpec(
            draw(known_levels | some_levels | several_levels),
            draw(st.sampled_from([0, 0.5])),
            draw(st.sampled_from(["keep", "floor", "exact"])),
            draw(st.sampled_from(["keep", "clip", "ignore"])),
        ),
        resize=draw(decimals(0.1, 2) | st.tuples(st.integers(32, 2048), st.integers(32, 2048))),
        rival=draw(st.sampled_from(list(PRESETS))),
        matching=draw(matchings),
        coder=CoderSpec(
            draw(four(-10, 10)),
            draw(four(0.001, 100)),
            draw(st.none() | decimals(0.01, 20)),
            draw(st.sampled_from(["center", "corner", "cell"])),
            draw(st.booleans()),
            draw(st.sampled_from([0, 1e-6])),
        ),
        suppression=Suppression(
            draw(decimals(0, 1)),
            draw(decimals(0, 1)),
            draw(st.booleans()),
            draw(st.none() | st.integers(1, 5000)),
            suppress_equal=draw(st.booleans()),
            ties=draw(st.sampled_from(["first", "last"])),
            inclusive=draw(st.booleans()),
            shift_classes=draw(st.booleans()),
            method=draw(st.sampled_from(METHODS)),
            diou=DiouSettings(draw(decimals(0.1, 4))),
            gaussian=GaussianSettings(draw(decimals(0.01, 4))),
            matrix=MatrixSettings(draw(st.sampled_from(["gaussian", "linear"])), draw(decimals(0.01, 20))),
            fusion=FusionSettings(draw(st.sampled_from(["avg", "max"]))),
        ),
        code=draw(st.sampled_from(CODE_TARGETS)),
        simulate=SimulateSpec(
            draw(st.integers(0, 9999)),
            draw(decimals(0, 1)),
            draw(decimals(0, 1)),
            draw(st.integers(0, 100)),
            draw(st.integers(1, 30)),
        ),
        source=draw(st.sampled_from(["simulated", "book", "upload", "example"])),
        example=draw(st.sampled_from(EXAMPLES)),
        offsets=draw(st.none() | four(-50, 50)),
        show=draw(st.sampled_from(["cell", "density"])),
        compare=draw(st.sampled_from(["none", "ratio", "d2l"])),
        covered_from=draw(decimals(0, 1)),
        selection=Selection(
            object=draw(indices),
            anchor=draw(indices),
            cell=draw(indices),
            prediction=draw(indices),
            home_step=draw(st.integers(1, 5)),
            greedy_step=draw(st.integers(0, 1000)),
            nms_round=draw(indices),
            word=draw(indices),
            level=draw(st.integers(-1, 7)),
        ),
        rosetta=Rosetta(
            draw(st.sampled_from([*ALL])),
            draw(st.sampled_from([*ALL])),
            draw(st.sampled_from(list(FIELDS))),
            draw(st.sampled_from(["", *DEMO_SCENES])),
        ),
    )
