// Shows the account's address and whether documents come by mail (R11); changes the password and
// the address, hands all data out, and erases the account.

import { ask } from "/api.js";
import { dateName, today } from "/dates.js";
import { make } from "/dom.js";
import { serve } from "/forms.js";
import { leave, load } from "/page.js";
import { saveFile } from "/save_file.js";
import { fullName } from "/texts.js";

const WRONG_PASSWORD = "Пароль не подошёл. Введите пароль, с которым Вы входите.";

const loading = document.getElementById("loading");
const account = document.getElementById("account");

async function showAccount() {
  const { email, address_unreachable: isUnreachable, family, profile } =
    await ask("GET /api/account");
  document.querySelectorAll("[data-email]").forEach((place) => {
    place.textContent = email;
  });
  document.getElementById("unreachable").hidden = !isUnreachable;
  showStatus(profile);
  document.getElementById("consents").replaceChildren(...family.map(consentOf));
  loading.replaceChildren();
  account.hidden = false;
}

function showStatus({ status, due_on: due }) {
  const isLate = status === "consent_received" && due < today();
  const shown = isLate ? "overdue" : status;
  account.querySelectorAll("[data-status]").forEach((text) => {
    text.hidden = text.dataset.status !== shown;
  });
  account.querySelectorAll("[data-due]").forEach((place) => {
    place.textContent = due ? dateName(due) : "";
  });
}

function consentOf(member) {
  const isSelf = member.relation === "self";
  const query = isSelf ? "" : `?patient=${encodeURIComponent(member.patient_id)}`;
  const link = make("a", { href: `/consent.html${query}` }, fullName(member));
  return make("li", {}, link, isSelf ? " — это Вы" : null);
}

// Serve a form that asks for the password in one of its fields.
function serveWithPassword(form, name, act) {
  serve(form, {
    act: async (typed) => {
      const done = await act(typed);
      form.reset();
      return done;
    },
    fields: { wrong_password: [name, WRONG_PASSWORD] },
  });
}

async function changePassword(typed) {
  await ask("PUT /api/account/password", typed);
  return "Пароль изменён. На других устройствах войдите с новым паролем.";
}

async function changeAddress(typed) {
  await ask("PUT /api/account/email", typed);
  return (
    `Мы послали письмо на адрес ${typed.email}. Откройте в нём ссылку и введите пароль: тогда ` +
    "новый адрес начнёт действовать. До этого действует прежний."
  );
}

async function exportData() {
  const held = await ask("GET /api/account/export");
  const text = `${JSON.stringify(held, null, 2)}\n`;
  saveFile(`lichnyj-kabinet-${today()}.json`, "application/json", text);
  return "Файл сохранён: ищите его среди загрузок.";
}

async function erase(typed) {
  await ask("DELETE /api/account", typed);
  leave("Личный кабинет удалён. Вы вышли.");
}

serveWithPassword(document.getElementById("password-form"), "current_password", changePassword);
serveWithPassword(document.getElementById("email-form"), "password", changeAddress);
serve(document.getElementById("export-form"), { act: exportData });
serveWithPassword(document.getElementById("erase-form"), "password", erase);
load(loading, showAccount);
