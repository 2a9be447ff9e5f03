// Fills the consent in for the patient whose documents are to be mailed: the account's holder, or
// the member of the family whom the address names. The text itself stands in consent.html.

import { ask } from "/api.js";
import { TEXT_VERSION } from "/consent.js";
import { shortDate, today } from "/dates.js";
import { make } from "/dom.js";
import { load } from "/page.js";
import { fullName } from "/texts.js";

// Years: whoever is younger does not decide on their own medical secrets (323-FZ, articles 22, 54).
const SIGNS_FROM = 15;
const UNKNOWN = "Этого человека нет в составе Вашей семьи. Откройте страницу «Семья».";

const loading = document.getElementById("loading");
const paper = document.getElementById("paper");

async function showPaper() {
  const { email, family } = await ask("GET /api/account");
  const holder = family.find((member) => member.relation === "self");
  const wanted = new URLSearchParams(location.search).get("patient") ?? holder.patient_id;
  const patient = family.find((member) => member.patient_id === wanted);
  showChoice(family, patient);
  if (!patient) {
    loading.replaceChildren(make("p", { class: "problem", role: "alert" }, UNKNOWN));
    return;
  }
  const kind = kindOf(patient);
  fill({ email, holder, patient, signer: kind === "represented" ? holder : patient });
  paper.querySelectorAll("[data-for]").forEach((text) => {
    text.hidden = !text.dataset.for.split(" ").includes(kind);
  });
  loading.replaceChildren();
  paper.hidden = false;
}

// Who signs: the holder for themselves, a relative for themselves, or the holder for a child.
function kindOf({ relation, birth_date: born }) {
  if (relation === "self") {
    return "own";
  }
  const signsFrom = `${Number(born.slice(0, 4)) + SIGNS_FROM}${born.slice(4)}`;
  return signsFrom > today() ? "represented" : "relative";
}

function fill({ email, holder, patient, signer }) {
  const told = {
    email,
    holder: fullName(holder),
    patient: fullName(patient),
    "patient-born": shortDate(patient.birth_date),
    signer: fullName(signer),
    "signer-born": shortDate(signer.birth_date),
    version: TEXT_VERSION,
  };
  paper.querySelectorAll("[data-fill]").forEach((place) => {
    place.textContent = told[place.dataset.fill];
  });
}

function showChoice(family, patient) {
  const choice = document.getElementById("choice");
  choice.hidden = family.length < 2;
  choice.querySelector("ul").replaceChildren(...family.map((member) => {
    const id = encodeURIComponent(member.patient_id);
    const href = member.relation === "self" ? "/consent.html" : `/consent.html?patient=${id}`;
    const current = member === patient ? "true" : null;
    return make("li", {}, make("a", { href, "aria-current": current }, fullName(member)));
  }));
}

document.getElementById("print").addEventListener("click", () => window.print());
load(loading, showPaper);
