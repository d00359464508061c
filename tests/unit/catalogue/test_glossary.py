"""The glossary as data: every meaning in order, every form found, and only words are marked."""

import re

import pytest

from anchorlab.catalogue import glossary
from anchorlab.catalogue.glossary import TERMS, explained, linked, marked, used


@pytest.mark.parametrize("name", TERMS)
def test_a_term_is_told_in_one_or_two_sentences(name):
    term = TERMS[name]
    assert re.fullmatch(r"[a-z0-9-]+", name)
    assert term.meaning[0].isupper() and term.meaning.endswith((".", "”."))
    assert 1 <= len(re.findall(r"[.!?](?= [A-Z0-9]|$)", term.meaning)) <= 3
    assert len(term.meaning) < 220
    assert [found for *_, found in used(term.name)] == [name]
    for form in term.forms:
        for text in (form, form[0].upper() + form[1:], f"an {form}, or"):
            assert [found for *_, found in used(text)] == [name], text


def test_no_form_belongs_to_two_terms():
    forms = [form.lower() for term in TERMS.values() for form in term.forms]
    assert len(forms) == len(set(forms))


def test_only_whole_words_count_and_the_longest_wins():
    assert used("cellar, precell, anchor-free, headline, iou") == []
    assert [name for *_, name in used("Soft-NMS, then NMS")] == ["soft-nms", "nms"]
    assert [name for *_, name in used("non-maximum suppression")] == ["nms"]
    assert used("an anchor and two anchors") == [(3, 9, "anchor")]


def test_markdown_is_marked_where_words_are():
    assert (
        marked("**IoU** of `IoU`, $IoU$ and [a cell](x)")
        == "**[IoU](#word-iou)** of `IoU`, $IoU$ and [a cell](x)"
    )
    assert marked("two anchors, one anchor") == "two [anchors](#word-anchor), one anchor"
    assert marked("nothing of the kind") == "nothing of the kind"
    assert marked("") == ""


def test_html_is_escaped_and_marked():
    assert linked("a <b> & IoU") == 'a &lt;b&gt; &amp; <a href="#word-iou">IoU</a>'


def test_the_help_of_a_control_tells_what_its_label_uses():
    iou, stride = TERMS["iou"].meaning, TERMS["stride"].meaning
    assert explained("IoU, by stride", "First.") == f"First.\n\n**IoU**: {iou}\n\n**stride**: {stride}"
    assert explained("IoU") == f"**IoU**: {iou}"


def test_the_browser_gets_all_of_it():
    data = glossary.as_json()
    assert set(data["terms"]) == set(TERMS) == set(data["names"].values())
    assert all(re.fullmatch(data["pattern"], form) for term in TERMS.values() for form in term.forms)
