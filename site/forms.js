// Forms: what was typed is checked for gaps, sent once at a time, and kept until it has succeeded;
// what was wrong is told beside its field.

import { Refused } from "/api.js";
import { readDay } from "/dates.js";
import { focusOn } from "/dom.js";
import { explain, isLeaving, signInLink } from "/page.js";
import { CHECK_FIELD, FILL_IN, SIGN_IN_BESIDE, WRITE_DAY } from "/texts.js";

// Serve a form. `act` gets what was typed by the fields' names and does the deed; what it returns
// is said below the form. To codes of refusals: `words` has the page's own sentences, `fields` the
// field that was wrong, [name] or [name, advice]; with an advice beside it, the form only says to
// look there. `refused` gets each problem.
//
// Each field's advice stands in the element `<id of the field>-advice`, what is said of the whole
// in the form's own `output`. A field with data-day is a day, typed as 27.03.1948.
export function serve(form, how) {
  const output = form.querySelector("output");
  form.noValidate = true;
  form.querySelectorAll("input[data-shows]").forEach(showPassword);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.hasAttribute("aria-busy")) {
      return;
    }
    unmark(form);
    const typed = read(form);
    if (focusOnWrong(form)) {
      tell(output, "Проверьте отмеченные поля.", "problem");
      return;
    }
    form.setAttribute("aria-busy", "true");
    await submit(form, typed, how);
    if (!isLeaving()) {
      form.removeAttribute("aria-busy");
    }
  });
}

async function submit(form, typed, { act, refused = () => {}, ...told }) {
  const output = form.querySelector("output");
  tell(output, "Отправляем…", "running");
  try {
    const done = await act(typed);
    if (!isLeaving()) {
      tell(output, done ?? "", "done");
    }
  } catch (problem) {
    tellProblem(form, typed, problem, told);
    refused(problem);
  }
}

// Say what went wrong. Whoever has typed something and is signed in no more signs in beside it.
function tellProblem(form, typed, problem, { words = {}, fields = {} }) {
  const output = form.querySelector("output");
  const { code } = problem;
  const [name, advice = ""] = fields[code] ?? [];
  const own = { ...words };
  if (advice) {
    own[code] = CHECK_FIELD;
  }
  const isBeside = code === "session_required" && !(code in words) && Object.keys(typed).length > 0;
  if (isBeside) {
    own[code] = SIGN_IN_BESIDE;
  }
  tell(output, explain(problem, own), "problem");
  if (isBeside) {
    output.append(" ", signInLink());
  }
  if (name) {
    mark(form.elements[name], advice);
  }
  if (problem instanceof Refused) {
    point(form, output, problem);
  }
}

// Mark a field as wrong, with an advice beside it.
export function mark(field, advice) {
  field.setAttribute("aria-invalid", "true");
  const place = document.getElementById(`${field.id}-advice`);
  if (place) {
    place.textContent = advice;
  }
}

// Read what was typed, and mark the gaps. A field that was left empty is left out.
function read(form) {
  const typed = {};
  for (const field of form.elements) {
    if (!field.name || field.matches(":disabled") || (field.type === "radio" && !field.checked)) {
      continue;
    }
    const value = field.type === "password" ? field.value : field.value.trim();
    if (!value) {
      if (field.required) {
        mark(field, FILL_IN);
      }
    } else if ("day" in field.dataset) {
      typed[field.name] = readDay(value) ?? mark(field, WRITE_DAY);
    } else {
      typed[field.name] = value;
    }
  }
  return typed;
}

function point(form, output, { errors }) {
  for (const { pointer, detail } of errors) {
    const field = form.elements[pointer.slice(1)];
    if (field instanceof Element) {
      mark(field, detail);
    } else {
      output.append(` ${detail}`);
    }
  }
  if (!focusOnWrong(form)) {
    focusOn(output);
  }
}

function focusOnWrong(form) {
  const wrong = form.querySelector("[aria-invalid]");
  wrong?.focus();
  return Boolean(wrong);
}

function unmark(form) {
  form.querySelectorAll("[aria-invalid]").forEach((field) => {
    field.removeAttribute("aria-invalid");
    document.getElementById(`${field.id}-advice`)?.replaceChildren();
  });
}

function tell(output, text, kind = "") {
  output.textContent = text;
  output.className = kind;
}

function showPassword(box) {
  const field = box.form.elements[box.dataset.shows];
  box.addEventListener("change", () => {
    field.type = box.checked ? "text" : "password";
  });
  box.form.addEventListener("reset", () => {
    field.type = "password";
  });
}
