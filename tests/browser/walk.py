"""A random walk over every control of a page, and what must hold after each step.

The controls are found in the page, none is listed: a control of a kind that is not known here, or one that nothing
here says the meaning of, fails the walk. After each step holds

    what each control shows  =  what the app state says  =  what the link decodes to,

where the app state is what Python wrote into the canvas's data, and the link is the address. A control that offers words
shows what the app state says if the same words always stood for the same value, and the same value for the same words, on
the whole walk: what was clicked, what a link said and what undo brought back bear witness for each other.

Some controls hold nothing of the app state, and no link has them: expanders, the buttons of the scene bar, and the tables
of objects and levels, which are drawn on a canvas of their own and are made anew whenever the app state changes.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Error as PlaywrightError

from anchorlab.canvas.pages import PAGES as ENTRIES
from anchorlab.catalogue.coders.center import LARGEST_GROWTH
from anchorlab.engine import Matches
from anchorlab.scenes import catalogue
from anchorlab.session import anchor_source, highlights, link, results
from anchorlab.session import pyramid_choices as pyramid
from anchorlab.session.app_state import AppState as State
from anchorlab.session.app_state import Objects, get
from anchorlab.ui.widgets import parse_number
from tests.browser.canvas import Canvas
from tests.browser.driver import Lab
from tests.places import PAGES

_READ = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  const seen = (e) => e.checkVisibility?.({ visibilityProperty: true }) !== false && e.getClientRects().length > 0;
  const keyOf = (e) => [...(e.closest('[class*="st-key-"]')?.classList ?? [])]
    .find((c) => c.startsWith("st-key-"))?.slice(7) ?? "";
  const number = (e) => (e.value === "" ? null : Number(e.value));
  const words = (e) => e.innerText.replace(/\\s+/g, " ").trim();
  const kinds = {
    stSlider: (e) => {
      const thumbs = [...e.querySelectorAll('input[type="range"]')];
      const [first, last] = [thumbs[0], thumbs.at(-1)];
      return { shown: thumbs.map(number), low: Number(first.min), high: Number(last.max), step: Number(first.step) };
    },
    stNumberInput: (e) => ({ shown: number(e.querySelector("input")) }),
    stCheckbox: (e) => ({ shown: e.querySelector("input").checked }),
    stSelectbox: (e) => ({ shown: e.querySelector("input").value }),
    stButtonGroup: (e) => {
      const one = [...e.querySelectorAll('button[role="radio"]')];
      if (one.length) {
        return { options: one.map(words), shown: one.filter((b) => b.ariaChecked === "true").map(words) };
      }
      const many = [...e.querySelectorAll("button[aria-pressed]")];
      return { many: true, options: many.map(words), shown: many.filter((b) => b.ariaPressed === "true").map(words) };
    },
    stButton: (e) => ({ shown: null }),
  };
  // Nothing of the app state is in them; see the top of walk.py.
  const other = ["stExpander", "stPopover", "stDownloadButton", "stFileUploader", "stDataFrame", "stPageLink",
                 "stTopNav", "stCode", "stPlotlyChart", "stImage", "stTextArea", "stTooltipIcon", "stTabs"];
  const controls = [];
  for (const kind of Object.keys(kinds)) {
    for (const e of main.querySelectorAll(`[data-testid="${kind}"]`)) {
      if (!seen(e) || e.closest('[data-testid="stPopoverBody"]')) continue;
      const disabled = Boolean(e.querySelector("input:disabled, button:disabled"));
      controls.push({ kind, key: keyOf(e), disabled, ...kinds[kind](e) });
    }
  }
  for (const slot of anchorlabBus.slots.values()) {
    const list = slot.querySelector(".numberlist");
    if (!list || !seen(list)) continue;
    const chips = [...list.querySelectorAll("[data-place]")].map((chip) => words(chip).replace(/ ?×$/, ""));
    controls.push({ kind: "numbers", key: list.dataset.list, slot: slot.dataset.name, disabled: false, shown: chips });
  }
  const known = [...Object.keys(kinds), ...other].map((id) => `[data-testid="${id}"]`).join();
  const interactive = 'input, select, textarea, button, [role="slider"], [role="switch"], [contenteditable="true"]';
  const unknown = [...main.querySelectorAll(interactive)].filter((e) => seen(e) && !e.closest(known));
  const stage = anchorlabBus.stage;
  return {
    controls,
    unknown: unknown.map((e) => e.outerHTML.slice(0, 160)),
    link: stage.data.link, page: stage.data.view, query: location.search.slice(1),
    boxes: stage.boxes.map((b) => [...b]), anchor: stage.anchor, object: stage.object,
    complaints: [...main.querySelectorAll('[data-testid="stAlert"]')].filter(seen).map(words),
    answers: Object.fromEntries(controls.filter(({ key }) => stage.controls.knows(key))
      .map(({ key }) => [key, stage.controls.agrees(key)])),
  };
}"""


_HURRY = """async ([acts, gap]) => {
  for (const act of acts) {
    const [css, place, key] = act.split(" >> ");
    const target = css === "undo" ? anchorlabBus.stage.frame : document.querySelectorAll(css)[place];
    if (css === "undo") anchorlabBus.stage.useTool("undo");
    else if (!target) continue;
    else if (key) target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    else target.click();
    await new Promise((go) => (gap ? setTimeout(go, gap) : go()));
  }
}"""


# Corners, on the screen, of the shapes of the lit cell that lie within the picture.
_CORNERS = """() => {
  const s = anchorlabBus.stage, r = s.frame.getBoundingClientRect();
  const { first, count } = s.cells.anchorsOf(s.view.cell(s));
  const corners = [];
  for (let i = first; i < first + count; i++) {
    const [x1, y1, x2, y2] = s.viewport.box(s.generated.anchors.subarray(4 * i, 4 * i + 4));
    for (const [x, y] of [[x1, y1], [x2, y1], [x1, y2], [x2, y2]]) {
      if (x > 60 && y > 5 && x < r.width - 5 && y < r.height - 5) corners.push([r.left + x, r.top + y]);
    }
  }
  return corners;
}"""


class Step(NamedTuple):
    """What was done; `asked` is what the control of this key must show then, unless the page says why not."""

    words: str
    key: str = ""
    asked: Any = None


class Walk:
    """One visitor who does things at random and looks after each whether every control tells the truth.

    Args:
      seed: of the things done; the same seed does the same things.
      page: where it starts.
    """

    def __init__(self, lab: Lab, seed: int, page: str):
        self.lab, self.page = lab, lab.page
        self.canvas = Canvas(lab)
        self.random = random.Random(f"{seed} {page}")
        self.steps: list[str] = [f"open {page}"]
        self.links: list[str] = [""]
        self.meanings: dict[str, dict[Any, tuple[Any, int]]] = {}
        self.words: dict[tuple[str, str], dict[Any, tuple[Any, int]]] = {}
        self.touched: set[str] = set()
        lab.goto(page, canvas=True)
        self.home = page
        self.look()

    # ---- looking

    def look(self, step: Step | None = None) -> None:
        """Fails, with all steps so far, if a control shows anything but the app state."""
        with self._telling():
            self.canvas.answered()
            self.seen = self.page.evaluate(_READ)
            self._judge(self.seen, step)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Whatever goes wrong is told with all steps so far."""
        try:
            yield
        except (AssertionError, PlaywrightError) as broken:
            told = "\n".join(f"  {n}. {words}" for n, words in enumerate(self.steps))
            raise AssertionError(f"{broken}\nafter\n{told}\n  {self.page.url}") from None

    def _judge(self, seen: dict[str, Any], step: Step | None) -> None:
        assert not seen["unknown"], f"controls that walk.py does not know: {seen['unknown']}"
        assert seen["query"] == seen["link"], "the address is not the lab's link"
        state = link.from_query(dict(_pairs(seen["link"])))
        assert link.to_query(state) == seen["link"], "the lab is not what its link says"
        if seen["link"] not in self.links:
            self.links.append(seen["link"])
        for control in seen["controls"]:
            if control["kind"] == "stButton":
                continue  # it holds no value
            self._agrees(control, state)
        if step and step.key and not seen["complaints"]:
            there = [c for c in seen["controls"] if c["key"] == step.key]
            if there and step.asked is not None:
                assert _near(there[0], there[0]["shown"], step.asked), (
                    f"{step.key} was asked to show {step.asked!r} and shows {there[0]['shown']!r}"
                )
            assert seen["answers"].get(step.key, True), (
                f"what the browser reads from {step.key} is not what Python gave the canvas"
            )

    def _agrees(self, control: dict[str, Any], state: State) -> None:
        key, shown = control["key"], control["shown"]
        says = lab_says(key, state, self.seen)
        if control["kind"] in ("stSlider", "stNumberInput", "stCheckbox", "numbers"):
            assert _near(control, shown, says), f"{key} shows {shown!r}, the lab says {says!r}"
            return
        if control.get("many"):
            assert sorted(shown) == sorted(says), f"{key} shows {shown!r}, the lab says {says!r}"
            return
        words = shown[0] if isinstance(shown, list) and len(shown) == 1 else shown
        assert isinstance(words, str) and words, f"{key} shows {shown!r}, the lab says {says!r}"
        now = len(self.steps) - 1
        meant, since = self.meanings.setdefault(key, {}).setdefault(words, (says, now))
        assert meant == says, (
            f"{key} shows {words!r} for {says!r}; after step {since} that stood for {meant!r}"
        )
        # On its own page a choice may speak of "this": words are held page by page.
        told, since = self.words.setdefault((self.seen["page"], key), {}).setdefault(says, (words, now))
        assert told == words, (
            f"{key} shows {words!r} for {says!r}; after step {since} it showed {told!r} for it"
        )

    # ---- acting

    def go(self, steps: int) -> None:
        """Does so many things."""
        for _ in range(steps):
            self.step()

    def step(self) -> None:
        """One thing at random, then a look."""
        kinds: list[tuple[float, Callable[[], Step | None]]] = [
            (60, self.use_control),
            (6, self.hurry),
            (8, self.undo),
            (4, self.redo),
            (16 if self.seen["page"] == "offsets" else 6, self.drag_box),
            (6, self.drag_shape),
            (6, self.press_in_slot),
            (6, self.open_or_close),
            (2, self.reset_page),
            (2, self.paste_link),
            (3, self.change_page),
            (1.5, self.reload),
            (1.5, self.change_scene),
        ]
        weights, acts = zip(*kinds, strict=True)
        for _ in range(20):
            with self._telling():
                done = self.random.choices(acts, weights)[0]()
            if done is not None:
                break
        else:
            raise AssertionError("nothing can be done here")
        self.steps.append(done.words)
        self.look(done)

    def use_control(self) -> Step | None:
        able = [c for c in self.seen["controls"] if not c["disabled"]]
        fresh = [c for c in able if c["key"] not in self.touched]
        if not able:
            return None
        control = self.random.choice(fresh or able)
        self.touched.add(control["key"])
        kind, key = control["kind"], control["key"]
        where = self.page.locator(f'.st-key-{key} [data-testid="{kind}"]')
        done: tuple[str, Any] | None = _ACTS[kind](self, where, control)
        return done and Step(f"{key}: {done[0]}", key, done[1])

    def _slide(self, where, control) -> tuple[str, Any]:
        k = self.random.randrange(len(control["shown"]))
        thumb = where.locator("input").nth(k)
        press = self.random.choice(["ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"])
        with self.running(may_stay=True):
            thumb.press(press)
            values = where.locator("input").evaluate_all("all => all.map((e) => Number(e.value))")
        return f"thumb {k} {press}, to {values}", values

    def _type(self, where, control) -> tuple[str, Any]:
        field = where.locator("input")
        low, high = (field.get_attribute(name) for name in ("min", "max"))
        value = self.random.uniform(max(float(low or 0), -9), min(float(high or 99), 99))
        whole = (field.get_attribute("step") or "1").isdigit()
        value = round(value) if whole else round(value, 3)
        if control["shown"] == value:
            value += 1
        with self.running():
            field.fill(str(value))
            field.press("Enter")
        return f"type {value}", value

    def _switch(self, where, control) -> tuple[str, Any]:
        with self.running():
            where.locator("input").press("Space")
        return "switch", not control["shown"]

    def _choose(self, where, control) -> tuple[str, Any]:
        field = where.locator("input")
        options, offered = self.page.get_by_role("option"), []
        for patience in (2000, 10_000):
            field.press("ArrowDown")
            try:
                options.first.wait_for(timeout=patience)
                if offered := options.all_inner_texts():  # of a long list those in sight
                    break
            except PlaywrightError:  # the last answer came late, and has closed the list again
                field.press("Escape")
        chosen = self.random.choice(offered)
        field.fill(chosen)  # which leaves those that hold it: a long list would have to scroll
        with self.running(may_stay=True):
            self.page.get_by_role("option", name=chosen, exact=True).first.click()
        return f"choose {chosen!r}", chosen

    def _press(self, where, control) -> tuple[str, Any] | None:
        others = [k for k, text in enumerate(control["options"]) if text not in control["shown"]]
        if control.get("many"):
            k = self.random.randrange(len(control["options"]))
            with self.running():
                where.locator("button[aria-pressed]").nth(k).click()
            return f"press {control['options'][k]!r}", None
        if not others:
            return None
        k = self.random.choice(others)
        with self.running():
            where.locator('button[role="radio"]').nth(k).click()
        return f"press {control['options'][k]!r}", [control["options"][k]]

    def _list(self, where, control) -> tuple[str, Any]:
        where = self.page.locator(f'.numberlist[data-list="{control["key"]}"]')
        if self.random.random() < 0.5 and len(control["shown"]) > 1:
            k = self.random.randrange(len(control["shown"]))
            with self.running():
                where.locator("[data-place]").nth(k).click()
            return f"take off {control['shown'][k]}", None
        text = self.random.choice(["48", "96", "0.75", "1/3", "1.5", "3"])
        if where.locator(".add").is_disabled():
            return "leave a full list as it is", None
        with self.running(may_stay=True):
            where.locator(".add").fill(text)
            where.locator(".add").press("Enter")
        where.locator(".add").fill("")
        return f"add {text}", None

    def _button(self, where, control) -> tuple[str, Any]:
        with self.running():
            where.get_by_role("button").click()
        return "press", None

    def hurry(self) -> Step | None:
        """Some things so fast that the first is not answered before the last is done."""
        buttons = [
            f'.st-key-{c["key"]} button[role="radio"] >> {k}'
            for c in self.seen["controls"]
            if c["kind"] == "stButtonGroup" and not c.get("many") and not c["disabled"]
            for k in range(len(c["options"]))
        ]
        switches = [
            f".st-key-{c['key']} input >> 0" for c in self.seen["controls"] if c["kind"] == "stCheckbox"
        ]
        thumbs = [
            f".st-key-{c['key']} input >> {k} >> {key}"
            for c in self.seen["controls"]
            if c["kind"] == "stSlider"
            for k in range(len(c["shown"]))
            for key in ("ArrowLeft", "ArrowRight")
        ]
        able = [kind for kind in (buttons, switches, thumbs, ["undo"]) if kind]
        acts = [self.random.choice(self.random.choice(able)) for _ in range(self.random.randint(2, 4))]
        gap = self.random.choice([0, 10, 30, 60])
        with self.running(may_stay=True):
            self.page.evaluate(_HURRY, [acts, gap])
        return Step(f"in a hurry, {gap} ms apart: {'; '.join(acts)}")

    def undo(self) -> Step | None:
        return self._travel("undo", "Control+z")

    def redo(self) -> Step | None:
        return self._travel("redo", "Control+Shift+Z")

    def _travel(self, name: str, keys: str) -> Step | None:
        if not self.page.evaluate(f"anchorlabBus.stage.data.can_{name}"):
            return None
        with self.running():
            self.canvas.focus()
            self.canvas.press(keys)
        return Step(name)

    def drag_box(self) -> Step | None:
        """Moves a box of the picture: an object's, or on the Offsets page the decoded one."""
        boxes, offsets = self.seen["boxes"], self.seen["page"] == "offsets"
        if not boxes or not ENTRIES[self.seen["page"]].edits or self.seen["page"] == "rosetta":
            return None
        index = self.random.randrange(len(boxes))
        if not offsets:
            self.canvas.select(index)
        x1, y1, x2, y2 = boxes[index if not offsets else max(0, self.seen["object"])]
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        reach = 220 if offsets else 60  # far enough that sliders must reach further
        dx, dy = (self.random.uniform(-reach, reach) for _ in range(2))
        with self.running(may_stay=True):
            self.canvas.drag((x, y), (x + dx, y + dy))
        return Step(f"drag object {index + 1} by {dx:.0f}, {dy:.0f}")

    def drag_shape(self) -> Step | None:
        """Drags a corner of a shape of the lit cell: its size and its ratio follow."""
        if self.seen["page"] != "anchors":
            return None
        self.canvas.show()
        corners = self.page.evaluate(_CORNERS)
        if not corners:
            return None
        x, y = self.random.choice(corners)
        dx, dy = (self.random.uniform(-40, 40) for _ in range(2))
        with self.running(may_stay=True):
            self.page.mouse.move(x, y)
            self.page.mouse.down()
            self.page.mouse.move(x + dx, y + dy, steps=3)
            self.page.mouse.up()
        return Step(f"drag a corner by {dx:.0f}, {dy:.0f}")

    def press_in_slot(self) -> Step | None:
        """A button that the canvas has written beside the picture."""
        buttons = self.page.locator(
            '.slot :is([data-act], [data-pick]):not([data-act="save-picture"]):not(:disabled)'
        ).locator("visible=true")
        count = buttons.count()
        if not count:
            return None
        button = buttons.nth(self.random.randrange(count))
        words = button.evaluate("e => e.dataset.act ?? e.dataset.pick")
        with self.running(may_stay=True):
            button.evaluate(
                "e => e.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }))"
            )
        return Step(f"press {words} beside the picture")

    def open_or_close(self) -> Step | None:
        expanders = self.page.locator('[data-testid="stMain"] [data-testid="stExpander"] summary')
        count = expanders.count()
        if not count:
            return None
        chosen = expanders.nth(self.random.randrange(count))
        with self.running(may_stay=True):
            chosen.click()
        return Step(f"open or close {chosen.inner_text().splitlines()[-1]!r}")

    def reset_page(self) -> Step:
        with self.running():
            self.page.locator('[class*="st-key-"][class*="_reset"] button').first.click()
        self.page.locator(".st-key-reset_page button").wait_for()
        with self.running():
            self.page.locator(".st-key-reset_page button").click()
        self.page.keyboard.press("Escape")
        self.lab.settled()
        return Step("reset this page")

    def change_scene(self) -> Step | None:
        with self.running():
            self.page.locator(".st-key-scene_menu button").first.click()
        buttons = self.page.locator('[class*="st-key-open_"] button:enabled').locator("visible=true")
        buttons.first.wait_for()
        k = self.random.randrange(buttons.count())
        words = buttons.nth(k).inner_text()
        with self.running():
            buttons.nth(k).click()
        self.page.keyboard.press("Escape")
        self.lab.settled()
        return Step(f"open the scene {words!r}")

    def paste_link(self) -> Step:
        """An earlier link of this walk, or a made one, opened by its address: another session."""
        made = [
            "t=9.5,-3.25,1.5,-40",
            "t=0.774,1.2,-0.335,2&clamp=4.135167&below=1",
            "pyramid=yolov3&versus=ssd300&resize=0.85&layout=pyramid",
            "pyramid=retinanet/345&pborder=ignore&versus=yolov3",
            "stride=24&sizes=48,300&ratios=0.4,1.6&combine=first&compare=d2l",
            "max_iou.low=0.333&max_iou.high=0.777&rule=max_iou&max_iou.min_pos_iou=0.3",
            "rule=yolov5&yolov5.side_factor=18&layout=pyramid",
            "rule=atss&atss.top_k=40&coder=cell",
            "method=gaussian&gaussian.sigma=3&score_threshold=0.2",
            "method=matrix&matrix.sigma=15&matrix.kernel=gaussian&from=book",
            "from=example&shift_classes=1&per_class=1&method=fusion&fusion.score=max",
            "shift=0.8&noise=0.7&alarms=60&each=20&seed=42&top_k=7&method=diou&diou.beta=3",
            "coder=center&clamp=2&eps=0.5&stds=0.3,0.3,0.5,0.5",
            "ask=ties&a=keras&b=torchvision&code=detectron2",
        ]
        query = self.random.choice([*made, *self.links])
        self.lab.goto(self.seen["page"], query, canvas=True)
        return Step(f"paste ?{query}")

    def change_page(self) -> Step:
        """Another page by its link on top, in the same session; more often than not back to the walk's own."""
        here = self.seen["page"]
        others = [page for page in PAGES if page != here]
        page = self.home if here != self.home and self.random.random() < 0.7 else self.random.choice(others)
        name = "NMS" if page == "nms" else page.title()
        with self.running():
            self.page.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_function("page => anchorlabBus.stage?.data.view === page", arg=page)
        self.lab.settled()
        return Step(f"go to {page}")

    def reload(self) -> Step:
        self.page.reload()
        self.lab.settled()
        self.lab.painted()
        return Step("reload")

    def running(self, *, may_stay: bool = False):
        """Around what makes Python run, or, if it `may_stay`, perhaps not."""
        return self._perhaps() if may_stay else self.lab.expect_rerun()

    @contextmanager
    def _perhaps(self) -> Iterator[None]:
        yield
        self.page.wait_for_timeout(60)  # a request that is going to be sent has been sent
        self.lab.settled()


_ACTS: dict[str, Callable[[Walk, Any, dict[str, Any]], tuple[str, Any] | None]] = {
    "stSlider": Walk._slide,
    "stNumberInput": Walk._type,
    "stCheckbox": Walk._switch,
    "stSelectbox": Walk._choose,
    "numbers": Walk._list,
    "stButtonGroup": Walk._press,
    "stButton": Walk._button,
}


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    from urllib.parse import parse_qsl

    yield from parse_qsl(urlsplit("?" + query).query, keep_blank_values=True)


def _near(control: dict[str, Any], shown: Any, says: Any) -> bool:
    """Whether what is shown is what the app state says, to a slider's step and the digits of a field."""
    if isinstance(says, bool) or isinstance(shown, bool):
        return shown is says
    if isinstance(says, (list, tuple)):
        return len(shown) == len(says) and all(_near(control, a, b) for a, b in zip(shown, says, strict=True))
    if isinstance(says, str):
        return shown == says
    if isinstance(shown, list) and len(shown) == 1:
        shown = shown[0]
    if isinstance(shown, str):
        shown = parse_number(shown)
    if says is None or shown is None:
        return says is shown
    step = control.get("step", 0.0)
    return math.isclose(
        shown, says, rel_tol=5e-3 if control["kind"] == "numbers" else 1e-5, abs_tol=step / 2 + 6e-5
    )


# ---- what the app state says

_PATHS = {field.path.replace(".", "_"): field.path for field in link.FIELDS}


def lab_says(key: str, state: State, seen: dict[str, Any]) -> Any:
    """What the control of this key has to show, as a value of the app state.

    Raises:
      AssertionError: nobody knows what it means.
    """
    if key in _SAYS:
        return _SAYS[key](state, seen)
    if key in _PATHS:
        return get(state, _PATHS[key])
    for name, path in _PATHS.items():  # a range of two
        other = _PATHS.get(key.removeprefix(name + "_"))
        if key.startswith(name + "_") and other:
            return [get(state, path), get(state, other)]
    raise AssertionError(f"nothing in walk.py says what the control {key!r} means")


def _size(state: State) -> tuple[int, int]:
    info = catalogue.SCENES[state.scene]
    return info.height, info.width


def _resize(state: State, seen: dict[str, Any]) -> Any:
    return anchor_source.pyramid_of(state, *_size(state)).resize


def _usual(index: int) -> Callable[[State, dict[str, Any]], bool]:
    return lambda state, seen: _resize(state, seen) == pyramid.usual(state.pyramid.levels)[index]


def _levels(state: State, seen: dict[str, Any]) -> list[str]:
    return [anchor_source.name(level.name, k) for k, level in enumerate(state.pyramid.levels)]


def _clamp(state: State, seen: dict[str, Any]) -> Any:
    bound, both = state.coder.clamp, state.coder.clamp_both
    if bound is None:
        return "none"
    usual = abs(bound - LARGEST_GROWTH) < 1e-6
    return (usual or bound, both)


def _offset(k: int) -> Callable[[State, dict[str, Any]], float]:
    def says(state: State, seen: dict[str, Any]) -> float:
        return (state.offsets or _encoded(state, seen))[k]

    return says


def _encoded(state: State, seen: dict[str, Any]) -> tuple[float, ...]:
    """The engine's offsets of the pair on the picture."""
    height, width = _size(state)
    boxes = np.asarray(seen["boxes"], np.float32).reshape(-1, 4)
    objects = Objects(tuple(map(tuple, boxes.tolist())), (0,) * len(boxes), ("object",))
    how = anchor_source.of(state, height, width)
    found: Matches = results.matches(how, height, width, objects, state.matching.spec)
    pair = highlights.pair(how.generate(height, width), found, boxes, state)
    assert pair is not None and pair.anchor == seen["anchor"]
    return pair.target


_SAYS: dict[str, Callable[[State, dict[str, Any]], Any]] = {
    "coder_clamp": _clamp,
    "pyramid_preset": lambda state, _: pyramid.preset_of(state.pyramid.levels),
    "rival": lambda state, _: pyramid.rival_of(state),
    "resize": _resize,
    "pyramid_usual_0": _usual(0),
    "pyramid_usual_1": _usual(1),
    "pyramid_levels": _levels,
    "pyramid_sizes": lambda state, _: pyramid.regular(state.pyramid.levels).sizes,
    "pyramid_ratios": lambda state, _: pyramid.regular(state.pyramid.levels).ratios,
    **{f"offsets_{name}": _offset(k) for k, name in enumerate("xywh")},
    **{f"typed_{name}": _offset(k) for k, name in enumerate("xywh")},
}
