/* Makes the form of a collection quicker; everything works without it. */
(() => {
  "use strict";

  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  const table = document.querySelector("table[data-rows]");
  if (!table) return;
  const body = table.tBodies[0];

  // a new row is the last one, emptied and numbered anew
  const addRow = () => {
    const number = body.rows.length + 1;
    const row = body.rows[body.rows.length - 1].cloneNode(true);
    for (const cell of row.querySelectorAll("input, textarea, select")) {
      cell.value = "";
      cell.id = cell.id.replace(/\d+$/, String(number - 1));
      cell.setAttribute("aria-label", cell.getAttribute("aria-label").replace(/\d+$/, String(number)));
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("aria-describedby");
    }
    row.querySelectorAll(".ds-validation-message").forEach((message) => message.remove());
    body.append(row);
    return row;
  };
  const cellsOf = (row) => [...row.querySelectorAll("input, textarea, select")];

  const more = document.querySelector("[data-add-rows]");
  if (more) more.addEventListener("click", (event) => {
    event.preventDefault();
    const first = addRow();
    for (let count = 1; count < 5; count += 1) addRow();
    cellsOf(first)[0].focus();
  });

  const choose = (select, text) => {
    const wanted = text.trim().toLocaleLowerCase("sv");
    const option = [...select.options].find((one) => one.text.toLocaleLowerCase("sv") === wanted || one.value === wanted);
    if (option) select.value = option.value;
    else if (wanted) select.add(new Option(text.trim(), text.trim(), false, true));
  };

  // a column or a block of cells pasted into a cell fills the cells below and to the right
  table.addEventListener("paste", (event) => {
    const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    const start = event.target.closest("tr");
    if (!start || text.includes('"') || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const column = cellsOf(start).indexOf(event.target);
    let row = start;
    for (const line of text.replace(/\r/g, "").replace(/\n+$/, "").split("\n")) {
      const cells = cellsOf(row);
      line.split("\t").forEach((value, offset) => {
        const cell = cells[column + offset];
        if (!cell) return;
        if (cell.tagName === "SELECT") choose(cell, value); else cell.value = value.trim();
      });
      row = row.nextElementSibling || addRow();
    }
  });
})();
