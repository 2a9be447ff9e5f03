// The queue of profiles that wait to be confirmed, the overdue first (R11).

import { ask } from "/api.js";
import { shortDate } from "/dates.js";
import { carryOut } from "/desk/stale.js";
import { tableOf } from "/desk/table.js";
import { make } from "/dom.js";
import { serve } from "/forms.js";
import { load, say } from "/page.js";
import { count, fullName } from "/texts.js";

const COLUMNS = ["Пациент", "Подтвердить до", "Действия"];
const STALE = {
  consent_missing: "Согласия больше нет: его отозвали или пациент сменил адрес. Список обновлён.",
  not_found: "Этого личного кабинета больше нет. Список обновлён.",
};

const queue = document.getElementById("queue");

async function showQueue() {
  const { profiles } = await ask("GET /api/desk/profiles?status=consent_received");
  queue.replaceChildren(profiles.length
    ? tableOf("Ждут подтверждения", COLUMNS, profiles.map(rowOf))
    : make("p", {}, "Никто не ждёт подтверждения."));
}

async function refresh(text, isProblem) {
  await load(queue, showQueue);
  say(text, isProblem);
}

function rowOf(profile) {
  const left = leftOf(profile);
  return [
    [fullName(profile), make("div", { class: "address" }, profile.email)],
    [shortDate(profile.due_on), make("div", {},
      profile.overdue ? make("strong", { class: "problem" }, left) : left)],
    confirmationOf(profile),
  ];
}

function leftOf({ overdue, working_days_left: days }) {
  if (overdue) {
    return "просрочено";
  }
  const left = count(days, "рабочий день", "рабочих дня", "рабочих дней");
  return days ? `${days === 1 ? "остался" : "осталось"} ${left}` : "сегодня";
}

function confirmationOf(profile) {
  const name = fullName(profile);
  const path = `/api/desk/profiles/${encodeURIComponent(profile.account_id)}/confirm`;
  const form = make("form", { method: "post", class: "deeds" },
    make("button", { type: "submit", "aria-label": `Подтвердить: ${name}` }, "Подтвердить"),
    make("output"));
  serve(form, {
    act: () => carryOut(() => ask(`POST ${path}`),
      () => `${name}: профиль подтверждён.`, STALE, refresh),
  });
  return form;
}

load(queue, showQueue);
