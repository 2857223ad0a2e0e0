"""What a DICOM file says of itself, as far as it may be shown."""

import streamlit as st


def show_dicom_header(data: bytes) -> None:
    """Show the few tags that cannot tell who the patient is."""
    # pydicom takes longer to import than most answers take.
    from xray_core.images.dicom_tags import read_shown_tags

    with st.expander("What the DICOM file says", icon=":material/label:"):
        tags = read_shown_tags(data)
        if tags:
            st.table({tag.title: tag.value for tag in tags}, border="horizontal")
        st.caption("Names, identifiers, dates and free text are never shown.")
