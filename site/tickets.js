// «Талоны»: first the member of the family, then the time, then whether to take it (R7). Each step
// has its own address, so that the back button and a reload lead where one expects.

import { ask } from "/api.js";
import { focusOn, isPlainClick } from "/dom.js";
import { choiceOf } from "/family_choice.js";
import { heldOf, nobodyOf, timesOf } from "/free_times.js";
import { load, say } from "/page.js";
import { questionOf } from "/taking.js";
import { momentInside, timesAddress } from "/ticket_words.js";

const FRESH = 60000; // Milliseconds for which going back shows the times as they were.
const NOT_MOVABLE = "Этот талон уже нельзя перенести: его нет или его время прошло.";
const GONE = "Выбранного времени больше нет.";

const place = document.getElementById("step");
const heading = document.querySelector("h1");
let known = null; // The member and the times that were loaded last, and when.
let asked = null; // The slot that one was last asked about: going back leads to it.

// Show the step that the address names.
async function show() {
  const here = location.search;
  const { patientId, ...rest } = stepNow();
  const view = patientId ? viewOf(await timesFor(patientId), { patientId, ...rest })
    : { title: "Талоны", parts: choiceOf(...await family()) };
  // Whoever went on meanwhile is not brought back by an answer that comes late.
  if (location.search === here) {
    paint(view);
  }
}

function stepNow() {
  const query = new URLSearchParams(location.search);
  return { patientId: query.get("patient"), slotId: query.get("slot"), moveId: query.get("move") };
}

function family() {
  return Promise.all([ask("GET /api/account"), ask("GET /api/tickets")]);
}

async function timesFor(patientId) {
  if (known?.patientId === patientId && Date.now() - known.at < FRESH) {
    return known;
  }
  const times = ask(`GET /api/slots?patient_id=${encodeURIComponent(patientId)}`);
  times.catch(() => {}); // It is awaited below, unless there is nobody to ask for.
  const { family: members } = await ask("GET /api/account");
  const member = members.find((one) => one.patient_id === patientId);
  known = { patientId, member, slots: member ? await times : null, at: Date.now() };
  return known;
}

// What a step shows as things stand. Where it can no longer be made, `step` is the one before it,
// and `told` says why.
function viewOf(found, { patientId, slotId, moveId }) {
  const { member, slots } = found;
  if (!member) {
    return { title: "Талоны", parts: nobodyOf() };
  }
  const moved = moveId && member.ticket?.ticket_id === moveId ? member.ticket : null;
  if (moveId && !moved) {
    return { ...viewOf(found, { patientId }), step: { patientId }, told: NOT_MOVABLE };
  }
  if (member.ticket && !moved) {
    return { title: "Талон уже взят", parts: heldOf(found), step: { patientId } };
  }
  const times = { title: moved ? "Выберите новое время" : "Выберите время",
    parts: timesOf(found, moved) };
  if (!slotId) {
    return times;
  }
  const slot = slots.days.flatMap((day) => day.slots).find((one) => one.slot_id === slotId);
  if (slot?.free) {
    return questionView(found, slot, moved);
  }
  const told = slot ? `Время ${momentInside(slot.starts_at)} уже занято.` : GONE;
  return { ...times, step: { patientId, moveId }, told: `${told} ${restOf(slots)}` };
}

function questionView(found, slot, moved) {
  const { patientId } = found;
  asked = slot.slot_id;
  return {
    title: moved ? "Перенести талон?" : "Взять талон?",
    parts: questionOf(found, slot, moved, {
      lost: (text) => comeBack({ patientId, moveId: moved?.ticket_id }, text, true),
      changed: (text) => comeBack({ patientId }, text, false),
    }),
  };
}

function restOf({ days }) {
  return days.some((day) => day.slots.some((slot) => slot.free))
    ? "Список обновлён: выберите другое."
    : "Список обновлён: других свободных талонов сейчас нет.";
}

function paint({ title, parts, step, told }) {
  heading.textContent = title;
  document.title = `${title} — личный кабинет пациента`;
  place.replaceChildren(...parts);
  if (step) {
    history.replaceState(null, "", timesAddress(step));
  }
  if (told) {
    say(told, true);
  }
}

// Go back to a step with fresh times, and say why.
async function comeBack(step, text, isLost) {
  history.replaceState(null, "", timesAddress(step));
  known = null;
  asked = null;
  place.replaceChildren();
  await load(place, show);
  say(isLost && known?.slots ? `${text} ${restOf(known.slots)}` : text, true);
}

// Show another step without loading the page again; whoever reads it begins at its heading, or at
// the time that was looked at before.
async function turn() {
  say("");
  if (stepNow().patientId !== known?.patientId) {
    place.replaceChildren();
  }
  await load(place, show);
  if (document.activeElement?.id !== "notice") {
    focusOn(place.querySelector(`[data-slot="${CSS.escape(asked ?? "")}"]`) ?? heading);
  }
}

place.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-step]");
  if (link && isPlainClick(event)) {
    event.preventDefault();
    history.pushState(null, "", link.href);
    turn();
  }
});
window.addEventListener("popstate", turn);
load(place, show);
