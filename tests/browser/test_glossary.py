"""A term's first use on a page carries its meaning: on hover, keyboard focus and tap, in the canvas's text and Streamlit's."""

import pytest

from anchorlab.catalogue import glossary
from tests.browser.canvas import Canvas
from tests.browser.test_accessibility import open_everything
from tests.places import PAGES

# What is read as text, in reading order: [text, term that it is marked as or null, label of a control with help or null].
READ = """() => {
  const apart = 'button, a:not([href^="#word-"]), input, select, textarea, summary, dialog, svg, canvas, td, code, pre, ' +
    '[role=math], [role=tooltip], .unseen, .visually-hidden, .st-key-home_words, .stPlotlyChart, [data-testid=stTooltipContent], style, script';
  const read = [];
  const walk = (node, word, label) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.trim() && read.push([node.data, word, label]);
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.matches(apart)) return;
      const style = getComputedStyle(node);
      if (style.display === 'none' || style.visibility === 'hidden') return;
      if (node.dataset.testid === 'stWidgetLabel') {
        label = node.parentElement.querySelector('[data-testid=stTooltipIcon] button')?.ariaLabel ?? '';
      } else if (node.getAttribute('aria-hidden') === 'true' && label === null) return;
      word = node.dataset.word ?? word;
      if (node.shadowRoot) walk(node.shadowRoot, word, label);
    }
    node.childNodes.forEach((child) => walk(child, word, label));
  };
  walk(document.querySelector('[data-testid=stMain]'), null, null);
  return read;
}"""
FIRST = "[data-word] >> visible=true >> nth=0"


def marked(lab):
    """Waits until nothing is marked any more that was not before."""
    lab.page.wait_for_function(
        "() => { const now = [...anchorlabBus.slots.values()].map((e) => e.innerHTML).join() + document.querySelectorAll('[data-word]').length;"
        " const same = now === window.__was; window.__was = now; return same; }",
        polling=400,
    )


def open_page(lab, page, query=""):
    lab.goto(page, query, canvas=True)
    open_everything(lab)
    marked(lab)


@pytest.mark.parametrize(
    ("page", "viewport"), [*((page, "laptop") for page in PAGES), ("home", "phone"), ("pyramid", "phone")]
)
def test_the_first_use_of_a_term_is_explained(open_lab, page, viewport):
    lab = open_lab(viewport=viewport, touch=viewport == "phone")
    open_page(lab, page)
    seen, unexplained, labels = set(), [], {}
    for text, word, label in lab.page.evaluate(READ):
        for *_, name in glossary.used(text):
            if name in seen:
                assert word != name, f"{name} is marked a second time: {text!r}"
                continue
            seen.add(name)
            if label:
                labels.setdefault(label, []).append(name)
            elif word != name:
                unexplained.append((name, text))
    assert not unexplained
    assert len(seen) > 2
    for label, names in labels.items():
        lab.page.get_by_role("button", name=label, exact=True).first.focus()
        told = lab.page.locator('[data-testid="stTooltipContent"]').inner_text()
        for name in names:
            assert glossary.TERMS[name].meaning in told, (label, name)
        lab.page.keyboard.press("Escape")
        lab.page.evaluate("document.activeElement.blur()")
    assert not lab.overflowing()


def tip(lab):
    """The meaning that is shown, or None."""
    return lab.page.evaluate(
        """() => {
          const roots = [document, anchorlabBus.stage.root, ...[...anchorlabBus.slots.values()].map((e) => e.getRootNode())];
          const shown = roots.flatMap((root) => [...root.querySelectorAll('.meaning:popover-open')]);
          if (shown.length > 1) throw Error('two meanings at once');
          return shown[0]?.textContent ?? null;
        }"""
    )


def meaning(name):
    term = glossary.TERMS[name]
    return f"{term.name}: {term.meaning}"


# One in Streamlit's text, one in the canvas's.
SPOTS = {"h1 [data-word=anchor]": "anchor", ".slot [data-word=iou]": "iou"}


def test_by_keyboard(lab):
    open_page(lab, "matching")
    for where, name in SPOTS.items():
        term = lab.page.locator(where)
        assert term.get_attribute("role") == "button"
        # The description is an element of the term's own tree.
        assert term.evaluate(
            "e => e.getRootNode().getElementById(e.getAttribute('aria-describedby')).textContent"
        ) == (meaning(name))
        assert tip(lab) is None
        before = term.evaluate_handle(
            """e => {
              const all = [];
              const walk = (n) => { if (n.tabIndex >= 0 && n.matches?.('a, button, [tabindex]')) all.push(n);
                if (n.shadowRoot) walk(n.shadowRoot); for (const c of n.children) walk(c); };
              walk(document.body);
              return all.slice(0, all.indexOf(e)).reverse().find((n) => n.checkVisibility() && !n.disabled);
            }"""
        ).as_element()
        before.focus()
        lab.page.keyboard.press("Tab")
        assert tip(lab) == meaning(name)
        with lab.expect_no_rerun():
            lab.page.keyboard.press("Escape")
            assert tip(lab) is None
            lab.page.keyboard.press("Enter")
            assert tip(lab) == meaning(name)
            lab.page.keyboard.press(" ")
            assert tip(lab) is None
            lab.page.keyboard.press("Enter")
            lab.page.keyboard.press("Tab")
            assert tip(lab) != meaning(name)
        lab.page.keyboard.press("Escape")


def test_by_pointer(lab):
    open_page(lab, "matching")
    for where, name in SPOTS.items():
        address = lab.page.url
        lab.page.locator(where).hover()
        assert tip(lab) == meaning(name)
        # The pointer may go to the meaning, and it stays.
        box = lab.page.evaluate(
            """(where) => {
              const roots = [document, ...[...anchorlabBus.slots.values()].map((e) => e.getRootNode())];
              const { x, y, width, height, right, bottom } = roots.map((r) => r.querySelector('.meaning:popover-open')).find(Boolean).getBoundingClientRect();
              return { x, y, width, height, right, bottom };
            }""",
            where,
        )
        assert box["x"] >= 0 and box["y"] >= 0 and box["right"] <= 1366 and box["bottom"] <= 768
        lab.page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2, steps=4)
        lab.page.wait_for_timeout(500)
        assert tip(lab) == meaning(name)
        lab.page.keyboard.press("Escape")  # without moving anything
        assert tip(lab) is None
        lab.page.locator(where).hover()
        lab.page.mouse.move(700, 400)
        lab.page.wait_for_timeout(500)
        assert tip(lab) is None
        with lab.expect_no_rerun():
            lab.page.locator(where).click()
        assert tip(lab) == meaning(name) and lab.page.url == address
        lab.page.keyboard.press("Escape")


@pytest.mark.lab(touch=True, viewport="phone")
def test_by_tap(lab):
    open_page(lab, "matching")
    for where, name in SPOTS.items():
        lab.page.locator(where).tap()
        assert tip(lab) == meaning(name)
        assert not lab.overflowing()
        lab.page.locator(where).tap()
        assert tip(lab) is None
        lab.page.locator(where).tap()
        lab.page.locator('[data-testid="stMain"]').tap(position={"x": 370, "y": 600})
        assert tip(lab) is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_with_a_meaning_shown(open_lab, scheme):
    lab = open_lab(scheme=scheme)
    open_page(lab, "matching")
    for where, name in SPOTS.items():
        lab.page.locator(where).hover()
        assert tip(lab) == meaning(name)
        assert not lab.axe()


def test_marks_stay_while_a_slider_is_moved_and_words_follow_the_text(lab):
    open_page(lab, "matching")
    marks = "() => [...anchorlabBus.slots.values()].flatMap((e) => [...e.querySelectorAll('[data-word]')].map((m) => m.dataset.word))"
    before = lab.page.evaluate(marks)
    assert "positive" in before
    lab.page.evaluate(
        f"window.__marks = []; addEventListener('anchorlab:painted', () => setTimeout(() => __marks.push(({marks})())))"
    )
    slider = lab.page.get_by_role("slider").first
    with lab.expect_rerun():
        slider.press("ArrowLeft")
    assert lab.page.evaluate("__marks.length") and all(m == before for m in lab.page.evaluate("__marks"))


def test_a_class_that_is_called_like_a_term_is_none(lab):
    canvas = Canvas(lab.goto("matching", "boxes=head,100,100,300,300", canvas=True))
    marked(lab)
    canvas.select(0)
    lab.page.locator(".objectbar input").fill("head")
    with lab.expect_rerun():
        lab.page.keyboard.press("Enter")
    marked(lab)
    assert lab.page.evaluate("anchorlabBus.stage.classes.includes('head')")
    assert lab.page.evaluate("[...anchorlabBus.slots.values()].some((e) => e.textContent.includes('head'))")
    assert not lab.page.locator("[data-word=head]").count()


def test_all_terms_stand_at_the_end_of_home(lab):
    lab.goto("home", canvas=True)
    lab.page.locator(".st-key-home_words summary").click()
    lab.settled()
    items = lab.page.locator(".st-key-home_words li").all_inner_texts()
    assert sorted(items) == sorted(meaning(name) for name in glossary.TERMS)
    assert not lab.axe()
