// Tables, which a narrow screen scrolls sideways by themselves.

import { make } from "/dom.js";

// Make a table of rows of texts or elements; the first of a row is its heading. Cells and rows that
// are made already stand as they are.
export function tableOf(name, headings, rows) {
  return make("div", { class: "scrolled", tabindex: "0", role: "group", "aria-label": name },
    make("table", {},
      make("thead", {}, make("tr", {}, headings.map((one) => cellOf("col", one)))),
      make("tbody", {}, rows.map(rowOf))));
}

function rowOf(row) {
  return Array.isArray(row)
    ? make("tr", {}, row.map((one, place) => cellOf(place ? null : "row", one))) : row;
}

function cellOf(scope, content) {
  return content instanceof HTMLTableCellElement
    ? content : make(scope ? "th" : "td", { scope }, content);
}
