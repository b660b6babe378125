"use strict";
// Sorts the tables of this page, and filters, sorts and shows all scores. It reads nothing but the page itself.
(() => {
  const PAGE = 50;
  const collator = new Intl.Collator("en", { numeric: true });

  function make(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  // Empty last, whichever way; numbers by size, texts as people sort them.
  function compare(a, b, way) {
    if (a === b) return 0;
    if (a === null || b === null) return a === null ? 1 : -1;
    return way * (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b));
  }

  function key(cell) {
    const text = (cell.firstElementChild ?? cell).textContent.trim();
    if (text === "" || text === "-") return null;
    const number = Number(text.replace(/,/g, ""));
    return Number.isNaN(number) ? text : number;
  }

  // A button in each head; `sort` is given the column's number and 1 for ascending or -1.
  function sortable(table, sort) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = make("button", { type: "button" }, ...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const way = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        for (const each of heads) each.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", way === 1 ? "ascending" : "descending");
        sort(column, way);
      });
    });
    table.classList.add("sortable");
  }

  for (const table of document.querySelectorAll("table.long")) {
    const body = table.tBodies[0];
    if (body.rows.length < 2) continue;
    sortable(table, (column, way) => {
      const rows = [...body.rows].map((row) => [key(row.cells[column]), row]);
      rows.sort((a, b) => compare(a[0], b[0], way));
      body.append(...rows.map((each) => each[1]));
    });
  }

  const { target, compared, rows, texts } = JSON.parse(document.getElementById("data").textContent);
  if (!rows.length) return;
  for (const each of document.querySelectorAll("[data-by-script]")) each.hidden = false;

  // As they are kept: id, metric, value, what became of it, reason, value of the base.
  const change = (row) => (row[2] === null || row[5] === null ? null : row[2] - row[5]);
  const figure = (value) => (value === null ? "-" : value.toFixed(3));
  const columns = [
    ["Score", "score", (row) => row[2], (row) => make("b", {}, figure(row[2]))],
    [target, "session", (row) => row[0], (row) => make("code", {}, make("bdi", {}, row[0]))],
    ["Metric", "metric", (row) => texts[row[1]], (row) => make("code", {}, make("bdi", {}, texts[row[1]]))],
    ["Evidence", "evidence", (row) => texts[row[3]], (row) => texts[row[3]]],
    ["Reason", "reason", (row) => texts[row[4]] || null, (row) => make("bdi", { class: "prose" }, texts[row[4]] || "-")],
  ];
  if (compared) {
    const shown = (row) => {
      const by = change(row);
      if (by === null) return make("b", { class: "change" }, "-");
      const state = by < 0 ? "bad" : by > 0 ? "good" : "";
      return make("b", { class: `change ${state}` }, (by > 0 ? "+" : "") + by.toFixed(3));
    };
    columns.splice(1, 0, ["Base", "score", (row) => row[5], (row) => figure(row[5])], ["Change", "change", change, shown]);
  }

  const find = make("input", { type: "search", id: "find", autocomplete: "off" });
  const choice = (id, words) => {
    const made = make("select", { id });
    for (const [value, word] of words) made.append(make("option", { value }, word));
    return made;
  };
  const met = (at) => [...new Set(rows.map((row) => row[at]))].sort((a, b) => collator.compare(texts[a], texts[b]));
  const every = (at) => [["", "all"], ...met(at).map((number) => [String(number), texts[number]])];
  const metric = choice("of-metric", every(1));
  const evidence = choice("of-evidence", every(3));
  const moves = choice("moved", [["", "all"], ["-1", "got worse"], ["1", "got better"], ["0", "same"]]);
  const field = (name, control) => make("label", { for: control.id }, name, control);
  const controls = make("div", { class: "controls" }, field("Contains", find), field("Metric", metric));
  controls.append(field("Evidence", evidence));
  if (compared) controls.append(field("Change", moves));

  const head = make("tr", { role: "row" });
  for (const [title, name] of columns) head.append(make("th", { scope: "col", role: "columnheader", class: name }, title));
  const body = make("tbody", { role: "rowgroup" });
  const table = make("table", { role: "table", class: "long" }, make("caption", { class: "unseen" }, "All scores"));
  table.append(make("thead", { role: "rowgroup" }, head), body);
  const told = make("p", { class: "note", role: "status" });
  const back = make("button", { type: "button" }, "Previous");
  const on = make("button", { type: "button" }, "Next");

  let kept = rows;
  let first = 0;

  function show() {
    body.replaceChildren(
      ...kept.slice(first, first + PAGE).map((row) => {
        const made = make("tr", { role: "row" });
        for (const [title, name, , cell] of columns) {
          const attributes = { class: name, "data-title": title };
          const [tag, role] = title === target ? ["th", { scope: "row", role: "rowheader" }] : ["td", { role: "cell" }];
          made.append(make(tag, { ...attributes, ...role }, cell(row)));
        }
        return made;
      }),
    );
    const last = Math.min(first + PAGE, kept.length);
    const count = (number) => number.toLocaleString("en");
    const of = kept.length === rows.length ? count(rows.length) : `${count(kept.length)}, of ${count(rows.length)} in all`;
    told.textContent = kept.length ? `${count(first + 1)} to ${count(last)} of ${of}` : "None.";
    back.disabled = first === 0;
    on.disabled = last >= kept.length;
  }

  function filter() {
    const words = find.value.trim().toLowerCase();
    const has = words && texts.map((text) => text.toLowerCase().includes(words));
    kept = rows.filter(
      (row) =>
        (!words || row[0].toLowerCase().includes(words) || has[row[4]]) &&
        (metric.value === "" || row[1] === Number(metric.value)) &&
        (evidence.value === "" || row[3] === Number(evidence.value)) &&
        (!compared || moves.value === "" || (change(row) !== null && Math.sign(change(row)) === Number(moves.value))),
    );
    first = 0;
    show();
  }

  for (const control of [find, metric, evidence, moves]) control.addEventListener("input", filter);
  back.addEventListener("click", () => ((first -= PAGE), show()));
  on.addEventListener("click", () => ((first += PAGE), show()));
  sortable(table, (column, way) => {
    const keys = new Map(rows.map((row) => [row, columns[column][2](row)]));
    rows.sort((a, b) => compare(keys.get(a), keys.get(b), way));
    filter();
  });
  document.getElementById("shown").append(controls, told, table, make("p", { class: "pages" }, back, on));
  show();
})();
