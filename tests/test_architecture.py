"""Who may import whom, and where TensorFlow may be loaded."""

import subprocess
import sys
from graphlib import TopologicalSorter

import pytest

from tests.source_imports import IMPORTS, MODULES, ROOT, place_of, project_module

# Each place, and the places that it may import. Every file of the project lies in one of them.
ANY_ROOM = (
    "images lungs datasets evaluation diagnosis reports screening audit training comparison "
    "about litert model_card model_store model_changes story"
)
MAY_IMPORT = {
    "app": "pages ui",
    "pages": f"ui {ANY_ROOM} charts errors paths",
    "ui": f"{ANY_ROOM} architectures charts run_charts palette glossary numbers errors paths",
    # xray_core
    "errors": "",
    "paths": "",
    "palette": "",
    "glossary": "errors",
    "numbers": "",
    "about": "paths",
    "litert": "errors",
    "images": "errors paths",
    "model_card": "images",
    "model_store": "errors paths model_card",
    "model_changes": "errors paths model_card model_store",
    "lungs": "errors paths images litert model_card model_store",
    "datasets": "errors paths images lungs",
    "architectures": "errors",
    "diagnosis": "palette errors paths images lungs litert model_card model_store",
    "reports": "about errors images lungs model_card diagnosis",
    "screening": "errors paths images lungs model_card model_store datasets diagnosis",
    "evaluation": "errors paths images lungs litert model_card model_store datasets diagnosis",
    "audit": "numbers palette errors paths images lungs model_card model_store datasets diagnosis "
    "evaluation",
    "charts": "numbers palette datasets",
    "run_charts": "palette",
    "training": "errors paths images lungs litert model_card model_store model_changes datasets "
    "diagnosis evaluation architectures",
    "comparison": "numbers palette glossary errors paths images litert model_card model_store "
    "datasets evaluation training",
    "story": "palette errors paths images lungs model_card model_store datasets diagnosis "
    "evaluation training comparison",
    "cli": f"{ANY_ROOM} numbers errors paths",
    "__main__": "cli",
    # beside the product
    "tools": f"{ANY_ROOM} numbers errors paths",
    "benchmarks": f"app pages ui {ANY_ROOM} architectures errors paths cli tools",
    "tests": f"app pages ui {ANY_ROOM} charts run_charts palette glossary numbers architectures "
    "errors paths cli tools benchmarks",
}
TENSORFLOW = {"tensorflow", "keras", "tf_keras_vis"}  # importing one of them imports the first
TENSORFLOW_AT_IMPORT = {"architectures", "training", "benchmarks", "tests"}
TENSORFLOW_NEVER = {"app", "pages", "ui"}


def way_to_tensorflow(module: str) -> list[str]:
    """Return the shortest chain of imports by which importing a module loads TensorFlow, or []."""
    ways = {module: [module]}
    for reached in (queue := [module]):
        for wanted in (wanted for wanted in IMPORTS[reached] if wanted.at_import):
            if wanted.name.split(".")[0] in TENSORFLOW:
                return [*ways[reached], wanted.name]
            target = project_module(wanted.name)
            if target and target not in ways:
                ways[target] = [*ways[reached], target]
                queue.append(target)
    return []


def modules_in(places: set[str]) -> list[str]:
    return [module for module in MODULES if place_of(module) in places]


def test_every_file_has_a_place():
    unknown = {module for module in MODULES if place_of(module) not in {*MAY_IMPORT, "xray_core"}}
    assert not unknown, "say in MAY_IMPORT what they may import"


def test_no_two_places_need_each_other():
    TopologicalSorter({place: may.split() for place, may in MAY_IMPORT.items()}).prepare()


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module):
    place = place_of(module)
    allowed = {place, "xray_core", *MAY_IMPORT.get(place, "").split()}
    targets = [project_module(wanted.name) for wanted in IMPORTS[module]]
    wrong = {target for target in targets if target and place_of(target) not in allowed}
    assert not wrong, f"{place} may import {MAY_IMPORT.get(place) or 'nothing'}"


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("xray_core")])
def test_the_core_knows_no_web(module):
    assert not [wanted for wanted in IMPORTS[module] if wanted.name.startswith("streamlit")]


@pytest.mark.parametrize("module", modules_in(set(MAY_IMPORT) - TENSORFLOW_AT_IMPORT))
def test_importing_it_leaves_tensorflow_alone(module):
    assert not way_to_tensorflow(module), "move the import into the function that needs it"


@pytest.mark.parametrize("module", modules_in(TENSORFLOW_NEVER))
def test_the_app_never_asks_for_tensorflow(module):
    assert not [wanted for wanted in IMPORTS[module] if wanted.name.split(".")[0] in TENSORFLOW]


def test_the_core_runs_without_tensorflow():
    light = [
        module
        for module in MODULES
        if module.startswith("xray_core")
        and not module.endswith("__main__")
        and not way_to_tensorflow(module)
    ]
    _run(f"import {', '.join(light)}")


def test_opening_every_page_leaves_tensorflow_alone():
    pages = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "pages").glob("*.py"))]
    _run(f"""
import streamlit
streamlit.set_option("client.showErrorDetails", "full")
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=60).run()
for page in {pages}:
    app.switch_page(page).run()
    assert not app.exception, f"{{page}}: {{app.exception[0].message}}"
""")


def test_a_worker_process_of_the_app_loads_no_streamlit():
    # As multiprocessing does in a process that it starts.
    _run("""
import runpy, sys
runpy.run_path("app.py", run_name="__mp_main__")
assert "streamlit" not in sys.modules
""")


def _run(code: str) -> None:
    """Run code in a fresh process, and fail if it raises or loads TensorFlow."""
    check = f"import sys; loaded = {TENSORFLOW} & set(sys.modules); assert not loaded, loaded"
    process = subprocess.run(
        [sys.executable, "-c", f"{code}\n{check}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr
