// Shows the tickets of one day by district, for the desk and, printed, for each doctor.

import { ask } from "/api.js";
import { today } from "/dates.js";
import { tablesOf } from "/desk/day_table.js";
import { serve } from "/forms.js";
import { load, say } from "/page.js";

const DAY_MILLISECONDS = 86400000;

const place = document.getElementById("day");
const shown = chosenDay();

// The day that the address names, or today.
function chosenDay() {
  const named = new URLSearchParams(location.search).get("date") ?? "";
  return isDay(named) ? named : today();
}

function isDay(text) {
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.valueOf()) && moment.toISOString().slice(0, 10) === text;
}

function addressOf(day) {
  return `/desk/day.html?date=${day}`;
}

function daysFrom(day, days) {
  const moment = Date.parse(`${day}T00:00:00Z`) + days * DAY_MILLISECONDS;
  return new Date(moment).toISOString().slice(0, 10);
}

async function showDay() {
  const { districts } = await ask(`GET /api/desk/days/${shown}`);
  place.replaceChildren(...tablesOf(shown, districts, refresh));
}

// Show the day as it is now, and say why.
async function refresh(text, isProblem) {
  await load(place, showDay);
  say(text, isProblem);
}

document.getElementById("day-before").href = addressOf(daysFrom(shown, -1));
document.getElementById("day-after").href = addressOf(daysFrom(shown, 1));
document.getElementById("date").setAttribute("value", shown);
document.getElementById("print").addEventListener("click", () => print());
serve(document.getElementById("choose"), { act: ({ date }) => location.assign(addressOf(date)) });
load(place, showDay);
