// A patient's card at the desk: who they are, what they hold, and what can be done for them.

import { dateName, shortDate, today } from "/dates.js";
import { consentOf } from "/desk/card_consent.js";
import { documentsOf } from "/desk/card_document.js";
import { ticketOf } from "/desk/card_ticket.js";
import { carryOut } from "/desk/stale.js";
import { askHere } from "/desk/whereabouts.js";
import { details, make } from "/dom.js";
import { serve } from "/forms.js";
import { PROFILE_STATUS, fullName } from "/texts.js";

const RELATIONS = { self: "сам пациент", relative: "родственник" };
const STALE = {
  not_found: "Этого личного кабинета уже нет.",
  consent_missing: "Согласия уже нет: профиль нельзя подтвердить.",
};

// Make a card. `district` is the patient's own; `told` is what is said on the card; `refresh` shows
// the card anew, and says a sentence on it.
export function cardOf(patient, { district, told, refresh }) {
  const whole = { patient, district, refresh, name: fullName(patient) };
  const isKnown = patient.last_name !== null;
  return make("article", { class: "card patient", "aria-label": whole.name },
    make("h3", {}, whole.name),
    told && make("p", { class: told.isProblem ? "notice problem" : "notice done" }, told.text),
    detailsOf(whole),
    isKnown ? ticketOf(whole) : make("p", {}, "Этого пациента нет в списке прикреплённых."),
    accountsOf(whole),
    isKnown ? [consentOf(whole), documentsOf(whole)] : null,
    refreshOf(whole));
}

function detailsOf({ patient, district }) {
  const { birth_date: birth, policy_last4: last4, policy_valid_until: until } = patient;
  const isOver = until !== null && until < today();
  const validity = until ? `, действует до ${dateName(until)}` : "";
  return details([
    ["Дата рождения", birth && shortDate(birth)],
    ["Полис ОМС", last4 && make("span", { class: isOver ? "problem" : null },
      `оканчивается на ${last4}${isOver ? `, истёк ${dateName(until)}` : validity}`)],
    ["Участок", placeOf(patient, district)],
  ]);
}

function placeOf({ attached, district_id: id }, district) {
  if (!attached) {
    return make("span", { class: "problem" }, "не прикреплён");
  }
  if (!district) {
    return id;
  }
  const { doctor, name } = district;
  return `${name}; ${doctor ? `${doctor.name}, кабинет ${doctor.room}` : "постоянного врача нет"}`;
}

function accountsOf(whole) {
  const { accounts } = whole.patient;
  return make("section", {},
    make("h4", {}, "Личные кабинеты"),
    accounts.length ? accounts.map((account) => accountOf(account, whole)) : make("p", {}, "Нет."));
}

function accountOf(account, whole) {
  const { status, due_on: due } = account.profile;
  return make("div", {},
    details([
      ["Адрес", account.email],
      ["Чей", RELATIONS[account.relation]],
      ["Профиль", PROFILE_STATUS[status] + (due ? `, не позднее ${dateName(due)}` : "")],
    ]),
    account.may_act ? null : make("p", { class: "problem" },
      "Не может действовать за пациента: введённое не совпадает со списком прикреплённых или " +
      "пациент не дал разрешения."),
    account.address_unreachable ? make("p", { class: "problem" },
      "Письма на этот адрес не доходят. Пациенту нужно указать в личном кабинете другой.") : null,
    status === "consent_received" ? confirmationOf(account, whole) : null);
}

function confirmationOf({ account_id: id, email }, { refresh }) {
  const path = `/api/desk/profiles/${encodeURIComponent(id)}/confirm`;
  const form = make("form", { method: "post" },
    make("button", { type: "submit", "aria-label": `Подтвердить профиль: ${email}` },
      "Подтвердить профиль"),
    make("output"));
  serve(form, {
    act: () => carryOut(() => askHere(`POST ${path}`, {}),
      () => "Профиль подтверждён. Документы можно отправлять по электронной почте.",
      STALE, refresh),
  });
  return form;
}

function refreshOf({ name, refresh }) {
  const button = make("button", {
    type: "button", class: "second", "aria-label": `Обновить карточку: ${name}`,
  }, "Обновить карточку");
  button.addEventListener("click", () => refresh("Карточка обновлена."));
  return button;
}
