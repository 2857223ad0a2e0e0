"""The Pneumoscope dashboard: ``streamlit run app.py``."""

# Every worker process that a page starts runs this file first, under another name: without this, it
# would load Streamlit and a whole page before its work.
if __name__ == "__main__":
    from pathlib import Path

    import streamlit as st

    from ui.garbage import collect_now_and_then
    from ui.sign_in import require_sign_in

    st.set_page_config(
        page_title="Pneumoscope",
        page_icon=str(Path(__file__).parent / "ui" / "favicon.svg"),
        layout="wide",
        menu_items={
            "About": "**Pneumoscope** asks whether a chest X-ray shows pneumonia, and which lung "
            "regions say so. For research and teaching. Not a medical device."
        },
    )
    page = st.navigation(
        [
            st.Page("pages/start.py", title="Start", icon=":material/home:", default=True),
            st.Page("pages/diagnose.py", title="Diagnose", icon=":material/pulmonology:"),
            st.Page("pages/explore_dataset.py", title="Data", icon=":material/dataset:"),
            st.Page("pages/train_model.py", title="Train", icon=":material/model_training:"),
            st.Page("pages/compare_models.py", title="Compare", icon=":material/balance:"),
            st.Page("pages/present.py", title="Present", icon=":material/co_present:"),
        ],
        position="top",
    )
    collect_now_and_then()
    require_sign_in()
    page.run()
