// The form of one district: what it is called, whose it is, its doctor and the hours. What is sent
// replaces all of that, so the form begins with what is there.

import { Refused, ask } from "/api.js";
import { serveGenerator } from "/desk/generator.js";
import { WEEKDAYS, readTimes } from "/desk/times.js";
import { serve } from "/forms.js";

const CODE = /^[a-z0-9-]{1,20}$/;

const form = document.getElementById("district");
let begun = ""; // The code of a new district whose making was begun.
const noDoctor = document.getElementById("no-doctor");

// Show a district in the form.
export function fillIn({ name, kind, doctor, hours }) {
  const fields = form.elements;
  fields.name.value = name;
  fields.kind.value = kind;
  noDoctor.checked = !doctor;
  fields["doctor/name"].value = doctor?.name ?? "";
  fields["doctor/room"].value = doctor?.room ?? "";
  for (const day of WEEKDAYS) {
    fields[`hours/${day}`].value = (hours[day] ?? []).join(", ");
  }
  toggleDoctor();
}

// Let the form ask for the code of a new district.
export function askForCode() {
  document.getElementById("code-field").hidden = false;
  document.getElementById("kept").hidden = true;
  form.elements.code.disabled = false;
}

// Serve the form for a district, or with null for a new one; `saved` gets the district as it is
// now, and returns what is to be said.
export function serveDistrict(id, saved) {
  serve(form, {
    act: async (typed) => {
      const wanted = read(typed);
      const code = id ?? await newCode(typed.code);
      return saved(await change(code, wanted));
    },
  });
}

function read(typed) {
  const hours = {};
  const errors = [];
  for (const day of WEEKDAYS) {
    const { times, unread } = readTimes(typed[`hours/${day}`] ?? "");
    hours[day] = times;
    if (unread) {
      const detail = `Непонятно: «${unread}». Пишите время так: 09:00, 09:20.`;
      errors.push({ pointer: `/hours/${day}`, detail });
    }
  }
  refuseIf(errors);
  const doctor = { name: typed["doctor/name"], room: typed["doctor/room"] };
  return { name: typed.name, kind: typed.kind, doctor: noDoctor.checked ? null : doctor, hours };
}

async function newCode(typed) {
  if (typed === begun) {
    return typed; // The answer to this page's own change was lost; it is sent again.
  }
  const isCode = CODE.test(typed);
  const { districts } = isCode ? await ask("GET /api/desk/districts") : { districts: [] };
  const isTaken = districts.some((district) => district.district_id === typed);
  // The portal would take this for a change of the district that is there.
  const detail = isTaken ? "Участок с таким кодом уже есть."
    : "Здесь могут стоять только строчные латинские буквы, цифры и дефис.";
  refuseIf(isCode && !isTaken ? [] : [{ pointer: "/code", detail }]);
  begun = typed;
  return typed;
}

async function change(code, wanted) {
  try {
    return await ask(`PUT /api/desk/districts/${encodeURIComponent(code)}`, wanted);
  } catch (problem) {
    // All times of a day stand in one field: "/hours/mon/3" is told beside "/hours/mon".
    problem.errors?.forEach((error) => {
      error.pointer = error.pointer.replace(/\/\d+$/, "");
    });
    throw problem;
  }
}

function refuseIf(errors) {
  if (errors.length) {
    throw new Refused("invalid_request", { errors });
  }
}

function toggleDoctor() {
  for (const name of ["doctor/name", "doctor/room"]) {
    form.elements[name].disabled = noDoctor.checked;
  }
  document.getElementById("doctor-fields").hidden = noDoctor.checked;
}

noDoctor.addEventListener("change", toggleDoctor);
serveGenerator();
