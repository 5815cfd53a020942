/* Shows beside the form what is already collected of what is being written. Without it the same is shown once a step is saved. */
(() => {
  "use strict";

  const panel = document.querySelector("[data-nearby]");
  const form = panel && document.querySelector("form[data-compared]");
  if (!form) return;
  const status = document.querySelector("[data-nearby-status]");
  const PAUSE = 700;
  let timer = 0;
  let asking = null;
  let shown = "";

  const look = async () => {
    if (asking) asking.abort();
    asking = new AbortController();
    const ours = asking;
    const fields = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(panel.dataset.nearby, { method: "POST", body: fields, signal: ours.signal, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const html = await answer.text();
      // whoever is reading in the panel keeps the place
      if (ours !== asking || html === shown || panel.contains(document.activeElement)) return;
      shown = html;
      // what somebody has folded or unfolded stays so
      const states = new Map([...panel.querySelectorAll(":scope > details")].map((one) => [one.querySelector("a").getAttribute("href"), one.open]));
      panel.innerHTML = html;
      for (const one of panel.querySelectorAll(":scope > details")) {
        const key = one.querySelector("a").getAttribute("href");
        if (states.has(key)) one.open = states.get(key);
      }
      const said = panel.querySelector("[data-said]").textContent;
      // told once, and not again at the next letter
      if (status.textContent !== said) status.textContent = said;
    } catch (error) {
      if (error.name !== "AbortError") shown = "";
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    if (asking) asking.abort();
  });
})();
