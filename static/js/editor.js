/* Makes the form of a collection quicker; everything works without it. */
(() => {
  "use strict";

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
  // what is not typed is told of, to whatever follows the form
  const changed = () => table.dispatchEvent(new Event("change", { bubbles: true }));
  const cellsOf = (row) => [...row.querySelectorAll("input, textarea, select")];

  const more = document.querySelector("[data-add-rows]");
  if (more) more.addEventListener("click", (event) => {
    event.preventDefault();
    const first = addRow();
    for (let count = 1; count < 5; count += 1) addRow();
    changed();
    cellsOf(first)[0].focus();
  });

  const choose = (select, text) => {
    const wanted = text.trim().toLocaleLowerCase("sv");
    const option = [...select.options].find((one) => one.text.toLocaleLowerCase("sv") === wanted || one.value === wanted);
    if (option) select.value = option.value;
    else if (wanted) select.add(new Option(text.trim(), text.trim(), false, true));
  };

  // rows of cells as a spreadsheet copies them: quotation marks around what holds a tab, a line break or such a mark
  const parse = (text) => {
    const rows = [[""]];
    let quoted = false;
    for (let at = 0; at < text.length; at += 1) {
      const letter = text[at];
      const row = rows[rows.length - 1];
      if (quoted && letter === '"' && text[at + 1] === '"') { row[row.length - 1] += letter; at += 1; }
      else if (quoted && letter === '"') quoted = false;
      else if (letter === '"' && row[row.length - 1] === "" && /^"(?:[^"]|"")*"(?:[\t\n]|$)/.test(text.slice(at))) quoted = true;
      else if (letter === "\t" && !quoted) row.push("");
      else if (letter === "\n" && !quoted) rows.push([""]);
      else row[row.length - 1] += letter;
    }
    return rows;
  };

  // a column or a block of cells pasted into a cell fills the cells below and to the right
  table.addEventListener("paste", (event) => {
    const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    const start = event.target.closest("tr");
    // lines without columns are running text where running text is asked for
    const running = event.target.tagName === "TEXTAREA" && !text.includes("\t");
    if (!start || running || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const column = cellsOf(start).indexOf(event.target);
    let row = start;
    const lines = parse(text.replace(/\r/g, "").replace(/\n+$/, ""));
    lines.forEach((line, at) => {
      const cells = cellsOf(row);
      line.forEach((value, offset) => {
        const cell = cells[column + offset];
        if (!cell) return;
        if (cell.tagName === "SELECT") choose(cell, value); else cell.value = value.trim();
      });
      if (at < lines.length - 1) row = row.nextElementSibling || addRow();
    });
    changed();
  });
})();
