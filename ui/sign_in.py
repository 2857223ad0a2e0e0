"""Signing in, where whoever runs the dashboard asks for it; off unless secrets.toml says how."""

import streamlit as st


def require_sign_in() -> None:
    """Stop the page for visitors who are not signed in, where signing in is asked for."""
    if not _is_asked_for():
        return
    if not st.user.is_logged_in:
        st.title("Pneumoscope", anchor=False)
        st.write("Whoever runs this dashboard asks you to sign in.")
        st.button("Sign in", type="primary", icon=":material/login:", on_click=st.login)
        st.stop()
    with st.container(
        horizontal=True,
        horizontal_alignment="right",
        vertical_alignment="center",
        key="signed_in",  # the story, which fills the screen, hides it
    ):
        st.caption(f"Signed in as {st.user.get('email') or st.user.get('name') or 'a visitor'}")
        st.button("Sign out", type="tertiary", icon=":material/logout:", on_click=st.logout)


def _is_asked_for() -> bool:
    # Without this question, reading secrets that nobody wrote is an error on the page.
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets
