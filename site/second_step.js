// A deed that is hard to take back is asked for twice: what is pressed first tells what will
// happen, and opens the button that does it.

import { make } from "/dom.js";
import { serve } from "/forms.js";

// Make such a step: `name` is what is pressed first, which `whom` tells from its like; `told` are
// the sentences about what will happen; `button` does it by `act`.
export function secondStep({ name, whom, told, button, act }) {
  const form = make("form", { method: "post" },
    make("button", { type: "submit", class: "danger" }, button), make("output"));
  serve(form, { act });
  return make("details", { class: "step" },
    make("summary", { "aria-label": `${name}: ${whom}` }, name),
    told.filter(Boolean).map((text) => make("p", {}, text)),
    form);
}
