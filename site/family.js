// Shows the members of the family, adds relatives and gives them up (R5), and shows who else may
// act for the patient.

import { Refused, ask } from "/api.js";
import { CLINIC } from "/clinic.js";
import { momentName, shortDate } from "/dates.js";
import { details, make } from "/dom.js";
import { serve } from "/forms.js";
import { load, say } from "/page.js";
import { secondStep } from "/second_step.js";
import { fullName } from "/texts.js";
import { ticketAddress, timesAddress } from "/ticket_words.js";

const CHECKED =
  "Проверяем по списку прикреплённых. Если данные совпадают, родственник появится в составе " +
  "семьи; взрослого, у которого есть свой личный кабинет, мы спросим письмом.";
const CALL_US = `Позвоните в регистратуру: ${CLINIC.registryPhone}.`;
const NOT_ATTACHED = {
  self: `Вас нет в списке прикреплённых, или при регистрации была опечатка. ${CALL_US}`,
  relative: `Больше не прикреплён к нашей поликлинике. ${CALL_US}`,
};

const members = document.getElementById("members");
const guardians = document.getElementById("guardians");
const rest = document.getElementById("rest");
const form = document.getElementById("add");
let listed = [];

// ---------------------------------------------------------------- «Состав семьи»

async function showMembers() {
  listed = (await ask("GET /api/account")).family;
  members.replaceChildren(...listed.map(cardOf));
  rest.hidden = false;
}

function cardOf(member) {
  const isSelf = member.relation === "self";
  return make("article", { class: "card" },
    make("h3", {}, fullName(member), isSelf ? make("span", { class: "faint" }, " — это Вы") : null),
    details([
      ["Дата рождения", shortDate(member.birth_date)],
      ["Полис ОМС", `…${member.policy_last4}`],
      ...placeOf(member),
    ]),
    ticketOf(member),
    isSelf ? null : removalOf(member));
}

function placeOf({ attached, district, relation }) {
  if (!attached) {
    return [["Поликлиника", NOT_ATTACHED[relation]]];
  }
  return [
    ["Участок", district?.name],
    ["Врач", district?.doctor_name ?? "постоянного врача пока нет"],
  ];
}

function ticketOf(member) {
  const { attached, patient_id: id, ticket } = member;
  if (ticket) {
    const href = ticketAddress(ticket.ticket_id);
    return make("p", {}, "Взят талон: ", make("a", { href }, momentName(ticket.starts_at)));
  }
  const href = timesAddress({ patientId: id });
  const label = `Взять талон: ${fullName(member)}`;
  return attached ? make("a", { class: "button", href, "aria-label": label }, "Взять талон") : null;
}

function removalOf(member) {
  const name = fullName(member);
  return secondStep({
    name: "Убрать",
    whom: name,
    told: [
      "Вы больше не сможете брать талоны для этого человека и видеть их. Если его добавили и " +
        "другие родственники, у них ничего не изменится.",
      member.ticket && "Взятый талон останется. Если он не нужен, сначала отмените его.",
    ],
    button: "Убрать из семьи",
    act: async () => {
      await end(`DELETE /api/family/${encodeURIComponent(member.patient_id)}`);
      await load(members, showMembers);
      say(`${name}: больше не в составе семьи.`);
    },
  });
}

// End what may have ended already: the answer to an earlier try can have been lost.
async function end(request) {
  try {
    await ask(request);
  } catch (problem) {
    if (!(problem instanceof Refused) || problem.code !== "not_found") {
      throw problem;
    }
  }
}

// ------------------------------------------------------- «Добавить родственника»

async function add(typed) {
  await ask("POST /api/family", typed);
  form.reset();
  const before = new Set(listed.map((member) => member.patient_id));
  await load(members, showMembers);
  const added = listed.find((member) => !before.has(member.patient_id));
  if (!added) {
    return CHECKED;
  }
  say(`${fullName(added)}: теперь в составе семьи.`);
  return "";
}

// ------------------------------------------- «Кто может брать талоны для меня»

async function showGuardians() {
  const { guardians: found } = await ask("GET /api/guardians");
  guardians.replaceChildren(...(found.length ? found.map(guardianOf) : [
    make("p", {}, "Кроме Вас, никто."),
  ]));
}

function guardianOf(guardian) {
  const name = fullName(guardian);
  return make("article", { class: "card" }, make("h3", {}, name), secondStep({
    name: "Больше не разрешать",
    whom: name,
    told: [
      "Этот человек больше не сможет брать для Вас талоны и видеть их. Талон, который уже взят, " +
        "останется: Вы найдёте его на странице «Талоны».",
    ],
    button: "Отозвать разрешение",
    act: async () => {
      await end(`DELETE /api/guardians/${encodeURIComponent(guardian.guardian_id)}`);
      await load(guardians, showGuardians);
      say(`${name}: больше не может брать для Вас талоны.`);
    },
  }));
}

serve(form, {
  act: add,
  words: {
    family_full:
      "В личном кабинете уже слишком много родственников. Уберите кого-нибудь из состава семьи " +
      "или позвоните в регистратуру: {phone}.",
    too_many_requests:
      "Добавлять родственников можно не больше пяти раз в день. Попробуйте ещё раз {wait}: " +
      "введённое сохранилось.",
  },
});
load(members, showMembers);
load(guardians, showGuardians);
