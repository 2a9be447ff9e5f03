// On a patient's card: the consent by which documents may be mailed (R11), recorded and withdrawn.

import { TEXT_VERSION } from "/consent.js";
import { dateName, shortDate, today } from "/dates.js";
import { field, opened } from "/desk/fields.js";
import { carryOut } from "/desk/stale.js";
import { askHere } from "/desk/whereabouts.js";
import { details, make } from "/dom.js";
import { serve } from "/forms.js";
import { secondStep } from "/second_step.js";

const REFUSED = {
  email_differs: [
    "email",
    "У личного кабинета теперь другой адрес, или он больше не может действовать за пациента. " +
      "Обновите карточку.",
  ],
};
const NO_ACCOUNT =
  "Чтобы внести согласие, нужен личный кабинет с подтверждённым адресом: самого пациента или " +
  "родственника, который может действовать за него.";
const STALE = { not_found: "Согласия уже нет." };
const GONE = { not_found: "Пациента больше нет в списке прикреплённых." };

// Make the section of the consent.
export function consentOf(whole) {
  const { accounts, consent } = whole.patient;
  const emails = accounts.filter((account) => account.may_act).map((account) => account.email);
  return make("section", {},
    make("h4", {}, "Согласие на документы по электронной почте"),
    consent ? [consentDetails(consent), withdrawalOf(consent, whole)] : make("p", {}, "Нет."),
    emails.length
      ? opened(consent ? "Внести новое согласие" : "Внести согласие", whole.name,
        formOf(emails, whole))
      : make("p", { class: "faint" }, NO_ACCOUNT));
}

function consentDetails(consent) {
  return details([
    ["Адрес", consent.email],
    ["Номер", consent.document_number],
    ["Подписано", dateName(consent.signed_on)],
    ["Получено", dateName(consent.received_on)],
    ["Версия текста", consent.text_version],
  ]);
}

function withdrawalOf({ email }, { name, patient, refresh }) {
  const path = `/api/desk/consents/${encodeURIComponent(patient.patient_id)}`;
  return secondStep({
    name: "Отозвать согласие",
    whom: name,
    told: [`Документы больше не будут приходить на адрес ${email}: с этой самой минуты.`],
    button: "Отозвать",
    act: () => carryOut(() => askHere(`DELETE ${path}`),
      () => "Согласие отозвано. Документы больше не отправляются.", STALE, refresh),
  });
}

function formOf(emails, whole) {
  const id = whole.patient.patient_id;
  const written = { required: true, maxlength: "200", autocomplete: "off" };
  const form = make("form", { method: "post" },
    field("Адрес в согласии", choiceOf(`email-${id}`, emails),
      "Сверьте с бумагой каждую букву. Другой адрес пациент сначала указывает в личном кабинете."),
    field("Дата подписания", make("input", {
      id: `signed-${id}`, name: "signed_on", value: shortDate(today()), "data-day": true,
      inputmode: "numeric", required: true, maxlength: "20", autocomplete: "off",
    }), "Например, 27.03.2026 или 27032026."),
    field("Номер согласия", make("input", {
      id: `number-${id}`, name: "document_number", ...written,
    }), "Под каким номером согласие хранится в регистратуре."),
    field("Версия текста", make("input", {
      id: `version-${id}`, name: "text_version", value: TEXT_VERSION, ...written,
    }), "Напечатана внизу согласия."),
    make("button", { type: "submit" }, "Внести согласие"),
    make("output"));
  serve(form, { act: (typed) => record(typed, whole), fields: REFUSED });
  return form;
}

// Who has one address needs no choice; among several none is chosen before the clerk has looked.
function choiceOf(id, emails) {
  const first = emails.length > 1 ? [make("option", { value: "" }, "Выберите адрес")] : [];
  const options = emails.map((email) => make("option", { value: email }, email));
  return make("select", { id, name: "email", required: true }, first, options);
}

function record(typed, { patient, refresh }) {
  const wanted = { patient_id: patient.patient_id, ...typed };
  return carryOut(() => askHere("POST /api/desk/consents", wanted), recordedWords, GONE, refresh);
}

function recordedWords({ due_on: due }) {
  return due ? `Согласие внесено. Подтвердите профиль не позднее: ${dateName(due)}`
    : "Согласие внесено. Профиль уже подтверждён.";
}
