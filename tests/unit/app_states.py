"""Random labs: everything a link can hold, for Hypothesis."""

from dataclasses import is_dataclass
from typing import Any, Literal, get_args, get_origin

from hypothesis import strategies as st

from anchorlab.catalogue.libraries import ALL, FIELDS
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.presets import PRESETS
from anchorlab.scenes.catalogue import IDS
from anchorlab.session.app_state import UPLOAD, AppState, Objects, Rosetta
from anchorlab.session.link import MAX_LIST
from anchorlab.settings.coding import CoderSpec
from anchorlab.settings.evaluation import Evaluating
from anchorlab.settings.matching import Matching
from anchorlab.settings.pyramids import LevelSpec, PyramidSpec
from anchorlab.settings.training_choices import TrainingChoices
from anchorlab.settings.validation import Limits, kinds_of


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


def values(kind: Any, optional: bool = False, limits: Limits = Limits()) -> st.SearchStrategy:  # noqa: B008
    """What links say of a field with this annotation and these limits."""
    if optional:
        return st.none() | values(kind, False, limits)
    if is_dataclass(kind):
        return settings_of(kind)
    if offered := limits.offered or (get_args(kind) if get_origin(kind) is Literal else ()):
        return st.sampled_from(offered)
    if get_origin(kind) is tuple:
        first, *rest = get_args(kind)
        one = values(first, False, limits)
        if Ellipsis in rest:
            return st.lists(one, min_size=1, max_size=MAX_LIST).map(tuple)
        return st.tuples(*[one] * (1 + len(rest)))
    return st.booleans() if kind is bool else {int: st.integers, float: decimals}[kind](*limits.range)


@st.composite
def settings_of(draw, record: type, **own: st.SearchStrategy) -> Any:
    """A record of settings, each within the range in which links say it; `own`: of fields that say less."""
    drawn = {
        name: draw(own[name] if name in own else values(*kind)) for name, kind in kinds_of(record).items()
    }
    if "low" in drawn:
        drawn["low"], drawn["high"] = sorted((drawn["low"], drawn["high"]))
    return record(**drawn)


def named(*names: str) -> st.SearchStrategy[str]:
    return st.sampled_from(names)


@st.composite
def app_states(draw) -> AppState:
    scene = draw(named(*IDS, UPLOAD))
    size = st.tuples(st.integers(1, 4096), st.integers(1, 4096))
    return draw(
        settings_of(
            AppState,
            scene=st.just(scene),
            upload_size=size if scene == UPLOAD else st.none(),
            upload_id=st.from_regex(r"|[0-9a-f]{16}", fullmatch=True) if scene == UPLOAD else st.just(""),
            objects=st.none() | objects(),
            pyramid=settings_of(PyramidSpec, levels=known_levels | some_levels | several_levels),
            resize=decimals(0.1, 2) | st.tuples(st.integers(32, 2048), st.integers(32, 2048)),
            rival=named(*PRESETS),
            matching=settings_of(Matching, rule=named(*RULES)),
            # All built-in pictures with every random grid would take hours: one picture asks the same of settings.
            evaluation=settings_of(Evaluating, pictures=st.just("this")),
            coder=settings_of(CoderSpec, eps=st.sampled_from([0, 1e-6])),
            training=settings_of(TrainingChoices, rule=named(*RULES)),
            rosetta=settings_of(
                Rosetta, a=named(*ALL), b=named(*ALL), convention=named(*FIELDS), case=named("", *DEMO_SCENES)
            ),
        )
    )
