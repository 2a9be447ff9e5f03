// What the pages behind mailed links share: the token, which stands in the address's fragment where
// no server sees it, and the ways in which a link can be of no use. Opening such a page sends
// nothing, because scanners of mail open links too.

import { focusOn } from "/dom.js";
import { serve } from "/forms.js";

const CUT = "link_cut";

const endings = Array.from(document.querySelectorAll("[data-ending]"));

// Serve the page's form as forms.js does; `act` gets the link's token besides what was typed. After
// a refusal whose code names a `data-ending` of the page there is nothing left to try: that part of
// the page then stands in the form's place.
export function serveLink(form, { act, refused = () => {}, ...how }) {
  const open = () => show(form, tokenOfLink() ? "" : CUT);
  serve(form, {
    ...how,
    act: (typed) => act(tokenOfLink(), typed),
    refused: (problem) => {
      const { code, errors = [] } = problem;
      const ending = show(form, errors.some(({ pointer }) => pointer === "/token") ? CUT : code);
      if (ending) {
        focusOn(ending);
      } else {
        refused(problem);
      }
    },
  });
  window.addEventListener("hashchange", open);
  open();
}

function tokenOfLink() {
  return new URLSearchParams(location.hash.slice(1)).get("token");
}

// Show one ending in the form's place, or the form where there is no such ending.
function show(form, name) {
  endings.forEach((one) => {
    one.hidden = one.dataset.ending !== name;
  });
  const ending = endings.find((one) => !one.hidden);
  form.hidden = Boolean(ending);
  if (ending) {
    form.reset();
  }
  return ending;
}
