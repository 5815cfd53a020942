/* Shows beside the form what is already collected of what is being written. Without it the same is shown once a step is saved. */
(() => {
  "use strict";

  const panel = document.querySelector("[data-nearby]");
  const form = panel && document.querySelector("form[data-compared]");
  if (!form) return;
  const status = document.querySelector("[data-nearby-status]");
  const stale = document.querySelector("[data-nearby-stale]");
  const glance = document.querySelector("[data-nearby-glance]");
  const PAUSE = 700;
  let timer = 0;
  let asking = null;
  let shown = null;
  let waiting = null;

  const folds = () => panel.querySelectorAll("details[data-fold]");

  const show = (html) => {
    waiting = null;
    stale.hidden = true;
    if (html === shown) return;
    shown = html;
    // what somebody has folded or unfolded stays so
    const states = new Map([...folds()].map((one) => [one.dataset.fold, one.open]));
    panel.innerHTML = html;
    for (const one of folds()) {
      if (states.has(one.dataset.fold)) one.open = states.get(one.dataset.fold);
    }
    const said = panel.querySelector("[data-said]").textContent;
    // told once, and not again at the next letter
    if (status.textContent !== said) status.textContent = said;
    // for the eye alone, where the panel is out of sight
    glance.textContent = said;
    glance.hidden = !said;
  };

  const look = async () => {
    if (asking) asking.abort();
    asking = new AbortController();
    const ours = asking;
    const fields = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(panel.dataset.nearby, { method: "POST", body: fields, signal: ours.signal, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const html = await answer.text();
      if (ours !== asking) return;
      // whoever is reading in the panel keeps the place until leaving it
      if (panel.contains(document.activeElement)) waiting = html;
      else show(html);
    } catch (error) {
      // what stands there is of what was written before
      if (error.name !== "AbortError" && ours === asking) stale.hidden = false;
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  };

  // rows that a script adds, fills or takes out tell of it as a change of the form
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  panel.addEventListener("focusout", () => setTimeout(() => {
    if (waiting !== null && !panel.contains(document.activeElement)) show(waiting);
  }));
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    if (asking) asking.abort();
  });
})();
