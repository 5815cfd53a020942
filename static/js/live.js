/* A page that says what is wrong begins there: the summary gets the focus. A button that prints the page is shown.
   Results that follow typing (htmx) say nothing when the register does not answer. Then the form is sent as it would be without
   scripts, so that the visitor sees what is wrong. */
(() => {
  "use strict";

  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // a visitor who follows a link ends the request under way; that is no failure
  let leaving = false;
  window.addEventListener("beforeunload", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });

  const plainly = (event) => {
    const form = event.detail.elt.closest("form[hx-get]");
    if (!form || leaving) return;
    const address = new URL(form.action);
    address.search = new URLSearchParams(new FormData(form)).toString();
    window.location.assign(address);
  };
  document.addEventListener("htmx:responseError", plainly);
  document.addEventListener("htmx:sendError", plainly);
})();
