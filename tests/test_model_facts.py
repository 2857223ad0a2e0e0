"""The documented figures are those on the cards."""

from tools.model_facts import FACTS_FILE, render_facts


def test_model_facts_are_up_to_date():
    assert FACTS_FILE.read_text() == render_facts().rstrip() + "\n", (
        "run `python -m tools.model_facts`"
    )


def test_model_facts_show_the_official_test_figures():
    text = FACTS_FILE.read_text()
    assert "624 pictures" in text
    assert "| AUC |" in text
