"""Three doors, one for each kind of visitor, each with the first thing to try."""

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Door:
    """One way in.

    Attributes:
        title, icon: of the door.
        sentence: what lies behind it.
        first: what to try first.
        links: pages behind it with the words of the link, the first thing to try first.
    """

    title: str
    icon: str
    sentence: str
    first: str
    links: dict[str, str]


_DOORS = (
    Door(
        "Diagnose an X-ray",
        ":material/pulmonology:",
        "Drop a file: verdict, probability, and the evidence drawn over the lungs.",
        "No X-ray at hand? Take the drawn one with patches in both lungs.",
        {"pages/diagnose.py": "Drop or choose an X-ray"},
    ),
    Door(
        "Train and compare",
        ":material/model_training:",
        "Look through the data, train models, and see whether one is better or only lucky.",
        "Let the Data page draw X-rays, then train the preset “Lesson” on them.",
        {
            "pages/explore_dataset.py": "See data",
            "pages/train_model.py": "Train",
            "pages/compare_models.py": "Compare",
        },
    ),
    Door(
        "Present the story",
        ":material/co_present:",
        "Eight screens for people who have never seen a network, its mistakes included.",
        "Press F for the whole screen, → to go on, N for what to say.",
        {"pages/present.py": "Begin the story"},
    ),
)


def show_doors() -> None:
    """Show the three doors side by side."""
    for column, door in zip(st.columns(3), _DOORS, strict=True):
        with column.container(border=True, height="stretch"):
            st.subheader(f"{door.icon} {door.title}", anchor=False)
            st.markdown(door.sentence)
            st.markdown(f"**Try first:** {door.first}")
            with st.container(horizontal=True):
                for page, words in door.links.items():
                    st.page_link(
                        page, label=words, icon=":material/arrow_forward:", width="content"
                    )
