// Draws Views (xray_core/diagnosis/overlay.py) in one or two panes. Everything happens in the browser:
// the server is not asked again when a slider moves, and the panes move together.

const MOST_ZOOM = 12;
const viewers = new WeakMap();
// The page may put up a new viewer for a new file; the reader's settings outlive the old one.
const kept = (window.pneumoscopeViewerSettings ??= {});

export default function (component) {
  const { data, parentElement } = component;
  if (!viewers.has(parentElement)) viewers.set(parentElement, createViewer(parentElement));
  viewers.get(parentElement).show(data);
}

function createViewer(parent) {
  const root = parent.querySelector(".viewer");
  const panes = [...root.querySelectorAll(".pane")];
  const stages = [...root.querySelectorAll(".stage")];
  const view = { zoom: 1, x: 0, y: 0 }; // x and y: the shift, as shares of the picture
  let shown = null;

  // Zoom and position -----------------------------------------------------------------------
  function place() {
    const room = (view.zoom - 1) / 2;
    view.x = clamp(view.x, -room, room);
    view.y = clamp(view.y, -room, room);
    root.style.setProperty("--zoom", view.zoom);
    root.style.setProperty("--x", `${100 * view.x}%`);
    root.style.setProperty("--y", `${100 * view.y}%`);
    root.classList.toggle("zoomed", view.zoom > 1);
    root.querySelector(".zoom").value = `${Math.round(100 * view.zoom)} %`;
  }

  // `at` stays where it is on screen; it is measured from the middle of the stage.
  function zoomBy(factor, at = { x: 0, y: 0 }) {
    const zoom = clamp(view.zoom * factor, 1, MOST_ZOOM);
    view.x = at.x - ((at.x - view.x) * zoom) / view.zoom;
    view.y = at.y - ((at.y - view.y) * zoom) / view.zoom;
    view.zoom = zoom;
    place();
  }

  function move(x, y) {
    view.x += x;
    view.y += y;
    place();
  }

  function sheetSize(stage) {
    const sheet = stage.querySelector(".sheet");
    return { width: sheet.offsetWidth, height: sheet.offsetHeight };
  }

  function resetPlace() {
    Object.assign(view, { zoom: 1, x: 0, y: 0 });
    place();
  }

  for (const stage of stages) {
    stage.addEventListener("wheel", (event) => {
      // The wheel scrolls the page until the picture is clicked, so that nobody gets stuck on it.
      const mine = event.ctrlKey || event.metaKey || parent.activeElement === stage;
      if (!mine || (event.deltaY > 0 && view.zoom === 1)) return;
      event.preventDefault();
      const box = stage.getBoundingClientRect();
      const { width, height } = sheetSize(stage);
      zoomBy(Math.exp(-clamp(event.deltaY, -120, 120) / 400), {
        x: (event.clientX - box.left - box.width / 2) / width,
        y: (event.clientY - box.top - box.height / 2) / height,
      });
    }, { passive: false });

    stage.addEventListener("pointerdown", (event) => {
      stage.focus();
      stage.setPointerCapture(event.pointerId);
    });
    stage.addEventListener("pointermove", (event) => {
      if (!stage.hasPointerCapture(event.pointerId)) return;
      const { width, height } = sheetSize(stage);
      move(event.movementX / width, event.movementY / height);
    });
    stage.addEventListener("dblclick", () => (view.zoom > 1 ? resetPlace() : zoomBy(2)));
    stage.addEventListener("keydown", (event) => {
      const action = keys[event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      action();
    });
  }

  // Controls --------------------------------------------------------------------------------
  const control = (name) => root.querySelector(`[name=${name}]`);

  function apply() {
    for (const input of root.querySelectorAll("input")) kept[input.name] = [input.value, input.checked];
    for (const slider of root.querySelectorAll("[type=range]")) {
      root.style.setProperty(`--${slider.name}`, slider.value / 100);
      slider.parentElement.querySelector("output").value = `${slider.value} %`;
    }
    for (const name of ["lungs", "zones"]) {
      for (const marks of root.querySelectorAll(`.marks .${name}`)) {
        marks.toggleAttribute("hidden", !control(name).checked);
      }
    }
  }

  function reset() {
    for (const slider of root.querySelectorAll("[type=range]")) slider.value = slider.defaultValue;
    apply();
    resetPlace();
  }

  function toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else root.requestFullscreen();
  }

  const keys = {
    "+": () => zoomBy(1.25), "=": () => zoomBy(1.25), "-": () => zoomBy(0.8),
    ArrowLeft: () => move(0.08, 0), ArrowRight: () => move(-0.08, 0),
    ArrowUp: () => move(0, 0.08), ArrowDown: () => move(0, -0.08),
    "0": reset, f: toggleFullScreen,
  };

  for (const [name, [value, checked]] of Object.entries(kept)) {
    Object.assign(control(name), { value, checked });
  }
  root.addEventListener("input", apply);
  control("in").addEventListener("click", () => zoomBy(1.5));
  control("out").addEventListener("click", () => zoomBy(1 / 1.5));
  control("reset").addEventListener("click", reset);
  control("full").addEventListener("click", toggleFullScreen);
  control("full").hidden = !document.fullscreenEnabled;
  apply();
  place();

  // A new picture ---------------------------------------------------------------------------
  function show({ views, panes: asked }) {
    panes.forEach((pane, place) => {
      pane.toggleAttribute("hidden", place >= asked.length);
      if (place < asked.length) showPane(pane, asked[place], views[asked[place].view]);
    });
    const evidence = asked.filter((pane) => pane.evidence).map((pane) => views[pane.view]);
    for (const part of root.querySelectorAll(".of-evidence")) part.hidden = !evidence.length;
    // Two models may colour by two scales: then each caption tells its own.
    const [first] = evidence;
    const alike = evidence.every((view) => view.full_scale === first.full_scale && view.meaning === first.meaning);
    for (const part of root.querySelectorAll(".legend, .meaning")) part.hidden = !first || !alike;
    if (first) showLegend(first);
    const pictures = asked.map((pane) => views[pane.view].picture + pane.evidence).join();
    if (pictures !== shown) resetPlace();
    shown = pictures;
  }

  function showPane(pane, { caption, evidence }, data) {
    const of = (name) => pane.querySelector(name);
    const label = evidence ? "The X-ray with the evidence over it" : "The X-ray as it came";
    pane.style.setProperty("--aspect", data.width / data.height);
    of("figcaption").textContent = caption;
    of(".stage").setAttribute("aria-label", label);
    of(".picture").alt = evidence ? "The X-ray under the evidence" : label;
    if (of(".picture").src !== data.picture) of(".picture").src = data.picture;
    of(".warning").textContent = data.warning;
    of(".warning").hidden = !evidence || !data.warning;
    of(".heat").hidden = !evidence;
    of(".marks").toggleAttribute("hidden", !evidence);
    if (!evidence) return;
    if (of(".heat").src !== data.heat) of(".heat").src = data.heat;
    of(".marks").setAttribute("viewBox", `0 0 ${data.width} ${data.height}`);
    of(".marks .lungs").setAttribute("d", data.lung_path);
    of(".zones > path").setAttribute("d", data.zone_path);
    of(".zone-labels").replaceChildren(
      ...data.zone_labels.map((each) => drawLabel(each, data.height / 24)),
    );
  }

  function showLegend(data) {
    root.style.setProperty("--colours", data.legend.join(", "));
    const [half, most] = [0.5, 1].map((share) => String(Number((share * data.full_scale).toPrecision(2))));
    root.querySelector(".meaning > span").textContent = data.meaning;
    root.querySelector(".half").textContent = half;
    root.querySelector(".most").textContent = `${most} or more`;
    root.querySelector(".legend").setAttribute("aria-label", `Colour scale: from 0, transparent, to ${most} or more, bright yellow`);
  }

  return { show };
}

function drawLabel({ x, y, text }, size) {
  const label = document.createElementNS("http://www.w3.org/2000/svg", "text");
  label.setAttribute("x", x);
  label.setAttribute("y", y);
  label.style.fontSize = `calc(${size}px / var(--zoom))`;
  label.textContent = text;
  return label;
}

function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}
