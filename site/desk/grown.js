// Adults whom the register still has in a child district.

import { ask } from "/api.js";
import { shortDate } from "/dates.js";
import { tableOf } from "/desk/table.js";
import { cardLink } from "/desk/whereabouts.js";
import { make } from "/dom.js";
import { load } from "/page.js";

const COLUMNS = ["Пациент", "Дата рождения", "Полис ОМС", "Участок", "18 лет исполнилось"];

const grown = document.getElementById("grown");

async function showGrown() {
  const [{ patients, more }, { districts }] = await Promise.all([
    ask("GET /api/desk/patients/grown-children"), ask("GET /api/desk/districts"),
  ]);
  const names = Object.fromEntries(districts.map(({ district_id: id, name }) => [id, name]));
  grown.replaceChildren(...(patients.length ? [
    tableOf("Выросли из детского участка", COLUMNS, patients.map((one) => rowOf(one, names))),
    more ? make("p", {}, "Это не все: остальные появятся здесь, когда эти перейдут на взрослые " +
      "участки.") : "",
  ] : [make("p", {}, "Таких пациентов нет.")]));
}

function rowOf(patient, names) {
  return [
    cardLink(patient),
    shortDate(patient.birth_date),
    patient.policy_last4 ? `…${patient.policy_last4}` : "",
    names[patient.district_id] ?? patient.district_id,
    shortDate(patient.adult_on),
  ];
}

load(grown, showGrown);
