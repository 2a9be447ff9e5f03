// Fields of forms that scripts make, with the same markup as those of the pages.

import { make } from "/dom.js";

// Put a label, a hint and a place for advice round an input, which has an id.
export function field(label, input, hint = null) {
  const { id, required } = input;
  const told = [hint && `${id}-hint`, `${id}-advice`].filter(Boolean);
  input.setAttribute("aria-describedby", told.join(" "));
  const star = required ? [" ", make("span", { "aria-hidden": "true" }, "*")] : [];
  return make("div", { class: "field" },
    make("label", { for: id }, label, star),
    hint && make("p", { id: `${id}-hint`, class: "hint" }, hint),
    input,
    make("p", { id: `${id}-advice`, class: "advice" }));
}

// A form that opens when its name is pressed; `whom` tells it from its like.
export function opened(name, whom, ...children) {
  return make("details", { class: "step" },
    make("summary", { "aria-label": `${name}: ${whom}` }, name), children);
}
