// The days on which a district's doctor sees nobody: declared in two steps, because tickets are
// cancelled, and taken back. Whom no mail tells is listed, to be called (R10).

import { Refused, ask } from "/api.js";
import { shortDate, today } from "/dates.js";
import { periodOf } from "/desk/district_words.js";
import { tableOf } from "/desk/table.js";
import { focusOn, make } from "/dom.js";
import { serve } from "/forms.js";
import { load, say } from "/page.js";
import { secondStep } from "/second_step.js";
import { count, fullName } from "/texts.js";

const list = document.getElementById("absences");
const called = document.getElementById("called");
const form = document.getElementById("absence");
const warning = document.getElementById("warning");
const button = form.querySelector("button");
let standing = []; // The absences that are not over.
let path = "";
let reload = null; // Shows the district's absences anew, and returns them.

// Show a district's absences and serve the form; `districtNow` fetches the district again.
export function serveAbsences(district, districtNow) {
  path = `/api/desk/districts/${encodeURIComponent(district.district_id)}/absences`;
  reload = async () => {
    const now = await districtNow();
    show(now);
    return now.absences;
  };
  show(district);
  serve(form, { act: declareInTwoSteps });
  form.addEventListener("input", unwarn);
}

function show({ absences }) {
  standing = absences.filter(({ to }) => to >= today());
  list.replaceChildren(...(standing.length ? standing.map(cardOf) : [
    make("p", {}, "Ближайших отсутствий нет."),
  ]));
}

function cardOf(absence) {
  const period = periodOf(absence);
  const calls = make("form", { method: "post" },
    make("button", { type: "submit", class: "second", "aria-label": `Кому позвонить: ${period}` },
      "Кому позвонить"), make("output"));
  serve(calls, { act: () => declareAgain(absence) });
  return make("article", { class: "card" }, make("h3", {}, period),
    make("p", {}, absence.reason), calls, secondStep({
      name: "Отменить отсутствие",
      whom: period,
      told: ["Эти дни снова откроются для записи. Отменённые талоны не вернутся."],
      button: "Врач будет принимать",
      act: () => takeBack(absence),
    }));
}

// Declared once more, an absence answers with whoever still waits for a call; but one that a
// colleague took back or changed meanwhile is not to be declared by that.
async function declareAgain(absence) {
  const standsNow = (await reload()).some(({ from, to }) =>
    from === absence.from && to === absence.to);
  if (!standsNow) {
    called.replaceChildren();
    say("Это отсутствие уже отменено или изменено. Список обновлён.", true);
    return "";
  }
  return declare(absence);
}

async function takeBack(absence) {
  await ask(`DELETE ${path}/${absence.from}`);
  called.replaceChildren();
  await load(list, reload);
  say(`Отсутствие отменено: ${periodOf(absence)}. Эти дни снова открыты для записи.`);
}

async function declareInTwoSteps(typed) {
  if (typed.to < typed.from || typed.to < today()) {
    const detail = "Этот день раньше первого или уже прошёл.";
    throw new Refused("invalid_request", { errors: [{ pointer: "/to", detail }] });
  }
  if (warning.hidden) {
    warn(typed);
    return "";
  }
  await declare(typed);
  form.reset();
  unwarn();
  await load(list, reload);
  return "";
}

function warn(absence) {
  const isThere = standing.some(({ from }) => from === absence.from);
  warning.replaceChildren(
    make("p", {}, `Врач не принимает: ${periodOf(absence)}. Все талоны на эти дни будут ` +
      "отменены, свободное время снято с записи. Вернуть отменённые талоны нельзя."),
    isThere ? make("p", {}, "С этого дня отсутствие уже объявлено: новое его заменит.") : "");
  warning.hidden = false;
  button.textContent = "Отменить талоны и объявить отсутствие";
  button.classList.add("danger");
  focusOn(warning);
}

function unwarn() {
  warning.hidden = true;
  button.textContent = "Дальше";
  button.classList.remove("danger");
}

async function declare(absence) {
  const told = await ask(`PUT ${path}`, absence);
  const title = make("h3", {}, `Врач не принимает: ${periodOf(absence)}`);
  const appointments = count(told.withdrawn_slots, "приём", "приёма", "приёмов");
  const mailed = count(told.notified_patients, "пациент", "пациента", "пациентов");
  called.replaceChildren(make("div", { class: "card" }, title,
    make("p", {}, `Снято с записи: ${appointments}. Узнают из письма: ${mailed}.`),
    callsOf(told.to_be_called)));
  focusOn(title);
  return "";
}

function callsOf(patients) {
  if (!patients.length) {
    return make("p", {}, "Звонить никому не нужно.");
  }
  const print = make("button", { type: "button", class: "second" }, "Напечатать");
  print.addEventListener("click", () => window.print());
  const rows = patients.map((patient) => [
    fullName(patient),
    patient.birth_date ? shortDate(patient.birth_date) : "",
    patient.policy_last4 ? `…${patient.policy_last4}` : "",
  ]);
  return [
    make("p", {}, "Талоны этих пациентов отменены, а письмо им не дойдёт. Позвоните им."),
    tableOf("Позвонить", ["Пациент", "Дата рождения", "Полис ОМС"], rows),
    make("p", {}, print),
  ];
}
