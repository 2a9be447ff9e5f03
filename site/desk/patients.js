// Finds patients by name or by policy, and shows their cards.

import { shortDate } from "/dates.js";
import { cardOf } from "/desk/card.js";
import { askHere, stayAt, whoIsHere } from "/desk/whereabouts.js";
import { focusOn, make } from "/dom.js";
import { serve } from "/forms.js";
import { load } from "/page.js";
import { count } from "/texts.js";

const NOBODY =
  "Никого не нашли. Проверьте, что введено. Если всё верно, пациента нет в списке прикреплённых.";
const STARS = "В формах карточки поля со звёздочкой * обязательны.";

const found = document.getElementById("found");
const byName = document.getElementById("by-name");
const byPolicy = document.getElementById("by-policy");
let search = null; // What was searched for: a policy number stays here, and is kept nowhere else.
let districts = null;

// Search; whoever has to sign in first comes back to `who`.
async function find(wanted, who) {
  const { patients } = await askHere("POST /api/desk/patients/search", wanted, who);
  districts = districts ?? (await askHere("GET /api/desk/districts", undefined, who)).districts;
  search = wanted;
  return patients;
}

// Show cards; `told` is what is to be said on one of them: {id, text, isProblem}.
function show(patients, told = null) {
  const title = make("h2", {}, patients.length
    ? `Найдено: ${count(patients.length, "пациент", "пациента", "пациентов")}`
    : "Не найдено");
  const cards = patients.map((patient) => cardOf(patient, {
    district: districts.find((one) => one.district_id === patient.district_id),
    told: told && told.id === patient.patient_id ? told : null,
    refresh: (text, isProblem = false) => again({ id: patient.patient_id, text, isProblem }),
  }));
  found.replaceChildren(title, make("p", {}, cards.length ? STARS : NOBODY), ...cards);
  focusOn(found.querySelector(".notice") ?? title);
}

// Show what is so now, and say on the patient's card what was done or why it was not.
async function again(told) {
  await load(found, async () => show(onlyOne(await find(search)), told));
}

// Among namesakes of one birth date, the one whom the clerk was led to.
function onlyOne(patients) {
  const one = patients.filter((patient) => patient.patient_id === history.state?.patient_id);
  return one.length ? one : patients;
}

async function findByName(typed) {
  const patients = await find(typed, typed);
  stayAt(typed);
  show(patients);
  byPolicy.reset();
}

async function findByPolicy(typed) {
  const patients = await find(typed);
  const [{ birth_date: birth, last_name: last, patient_id: id } = {}] = patients;
  stayAt(last ? { last_name: last, birth_date: birth, patient_id: id } : null);
  show(patients);
  byName.reset();
}

// Show whom the clerk was led to, or was at before: once more after a reload and on the way back.
function arrive() {
  const who = whoIsHere();
  byPolicy.reset();
  byName.elements.last_name.value = who ? who.last_name : "";
  byName.elements.birth_date.value = who ? shortDate(who.birth_date) : "";
  found.replaceChildren();
  if (who) {
    search = { last_name: who.last_name, birth_date: who.birth_date };
    again(null);
  }
}

serve(byName, { act: findByName });
serve(byPolicy, { act: findByPolicy });
window.addEventListener("popstate", arrive);
arrive();
