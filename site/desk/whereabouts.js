// Which patient a clerk is at: kept over a reload, the back button and a sign-in, and never in an
// address. Names are kept in this tab's history alone, and policy numbers nowhere.

import { ask } from "/api.js";
import { isPlainClick, make } from "/dom.js";
import { isLeaving } from "/page.js";
import { fullName } from "/texts.js";

const WAY = "desk-patient"; // In sessionStorage, from one page to the next.

// Make a link to a patient's card, which bears the patient's name.
export function cardLink(patient) {
  const link = make("a", { href: "/desk/patients.html" }, fullName(patient));
  link.addEventListener("click", (event) => isPlainClick(event) && leadTo(patient));
  return link;
}

function leadTo({ patient_id: id, last_name: last, birth_date: birth }) {
  const who = { patient_id: id, last_name: last, birth_date: birth };
  sessionStorage.setItem(WAY, JSON.stringify(who));
}

// Return whom this page is to show, or null: {last_name, birth_date, patient_id}. Without an id it
// is everybody of that name.
export function whoIsHere() {
  const led = sessionStorage.getItem(WAY);
  sessionStorage.removeItem(WAY);
  if (led) {
    history.replaceState(JSON.parse(led), "");
  }
  return history.state;
}

// Note whom the page shows from now on; the back button leads to whom it showed before.
export function stayAt(who) {
  history.pushState(who, "");
}

// Ask the portal; who is signed out by then comes back to the same patient, or to `who` else.
export async function askHere(request, body, who = history.state) {
  try {
    return await ask(request, body);
  } catch (problem) {
    if (problem.code === "session_required" && who) {
      leadTo(who);
      // Whoever signs in beside this page stays on it, and needs no way back.
      setTimeout(() => isLeaving() || sessionStorage.removeItem(WAY));
    }
    throw problem;
  }
}
