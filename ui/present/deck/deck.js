// Keys, dots and notes of the story. The server draws the steps; this only says where to go.

// The bar is put up again with every answer of the server. What outlives that: whether notes are open,
// the keys, and where a press wanted to go while an answer to the one before was still on its way.
const kept = (window.pneumoscopeDeck ??= { notes: false, wanted: null, presses: 0, forget: () => {} });

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  const find = (selector) => parentElement.querySelector(selector);
  const isNew = kept.bar !== parentElement;
  const isAnswer = kept.wanted?.step === data.step && kept.wanted?.part === data.part;
  if (isNew || isAnswer) kept.wanted = null;
  kept.bar = parentElement;
  const at = { step: data.step, part: data.part, ...kept.wanted };

  function go(step, part) {
    Object.assign(at, { step, part });
    kept.wanted = { step, part };
    // Of quick presses only the last counts. The number tells a place from the same one before: the
    // browser's own Back moves the story without a press, and this bar may not have heard of it yet.
    setStateValue("place", { step, part, press: ++kept.presses });
    mark();
  }

  function on() {
    if (at.part < data.steps[at.step].parts - 1) go(at.step, at.part + 1);
    else if (at.step < data.steps.length - 1) go(at.step + 1, 0);
  }

  function back() {
    if (at.part > 0) go(at.step, at.part - 1);
    else if (at.step > 0) go(at.step - 1, data.steps[at.step - 1].parts - 1);
  }

  function jump(step) {
    if (step >= 0 && step < data.steps.length) go(step, 0);
  }

  function toggleNotes() {
    kept.notes = !kept.notes;
    mark();
  }

  function toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  }

  function leave() {
    if (document.fullscreenElement) document.exitFullscreen();
    setTriggerValue("leave", true);
  }

  function mark() {
    find(".dots").childNodes.forEach((dot, step) => {
      if (step === at.step) dot.setAttribute("aria-current", "step");
      else dot.removeAttribute("aria-current");
    });
    find("[name=back]").disabled = at.step === 0 && at.part === 0;
    const last = data.steps.length - 1;
    find("[name=on]").disabled = at.step === last && at.part === data.steps[last].parts - 1;
    find("[name=notes]").setAttribute("aria-expanded", String(kept.notes));
    find(".notes").hidden = !kept.notes;
    find(".notes").textContent = data.steps[at.step].notes;
  }

  const keys = {
    ArrowRight: on, PageDown: on, ArrowLeft: back, PageUp: back,
    Home: () => jump(0), End: () => jump(data.steps.length - 1),
    n: toggleNotes, f: toggleFullScreen,
  };

  function press(event) {
    if (!find(".dots")?.isConnected) return kept.forget(); // the story was left
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (target.matches?.("input, textarea, select, [role=slider], [role=radio]")) return;
    const act = /^[1-9]$/.test(event.key) ? () => jump(Number(event.key) - 1) : keys[event.key] ?? keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }

  find(".dots").replaceChildren(
    ...data.steps.map((step, number) => {
      const dot = document.createElement("button");
      Object.assign(dot, { type: "button", textContent: number + 1, title: step.title });
      dot.setAttribute("aria-label", `${number + 1}: ${step.title}`);
      dot.onclick = () => jump(number);
      return dot;
    }),
  );
  find("[name=on]").onclick = on;
  find("[name=back]").onclick = back;
  find("[name=notes]").onclick = toggleNotes;
  find("[name=leave]").onclick = leave;
  find("[name=full]").onclick = toggleFullScreen;
  find("[name=full]").hidden = !document.fullscreenEnabled;
  mark();
  kept.forget();
  kept.forget = () => document.removeEventListener("keydown", press);
  document.addEventListener("keydown", press);
}
