// Tables, which a narrow screen scrolls sideways by themselves.

import { make } from "/dom.js";

// Make a table of rows of cells, texts or elements; the first cell of a row is its heading.
export function tableOf(name, headings, rows) {
  return make("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": name },
    make("table", {},
      make("thead", {}, make("tr", {}, headings.map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, rows.map(rowOf))));
}

function rowOf([heading, ...cells]) {
  return make("tr", {}, make("th", { scope: "row" }, heading),
    cells.map((cell) => make("td", {}, cell)));
}
