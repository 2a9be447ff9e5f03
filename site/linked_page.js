// What the pages behind mailed links share: the token, which stands in the address's fragment where
// no server sees it, the page's one form, and what a patient reads when the portal refuses.
// Opening such a page sends nothing.

const NO_TOKEN = "В ссылке не хватает кода. Откройте её из письма ещё раз, целиком.";
const REFUSALS = {
  link_cut: NO_TOKEN,
  invalid_request: "Проверьте введённые данные.",
  try_again: "Сейчас не получилось. Подождите минуту и попробуйте ещё раз: введённое сохранилось.",
};
const NO_CONNECTION =
  "Нет связи. Проверьте Интернет и нажмите кнопку ещё раз: введённое сохранилось.";
const ANY_OTHER = "Что-то пошло не так. Попробуйте ещё раз позже или позвоните в регистратуру.";

const form = document.querySelector("form");
const button = form.querySelector("button");
const outcome = document.getElementById("outcome");
const shown = document.getElementById("shown");

// The portal did not do what it was asked for.
export class Refused extends Error {
  constructor(code, errors = [], seconds = null) {
    super(code);
    this.code = code;
    this.errors = errors;
    this.seconds = seconds; // After so many the same may be asked again.
  }
}

// Ask the portal for something, and throw Refused unless it is done.
export async function send(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) {
    throw await refusalOf(answer);
  }
}

async function refusalOf(answer) {
  const seconds = Number.parseInt(answer.headers.get("Retry-After") ?? "", 10);
  try {
    const { code, errors = [] } = await answer.json();
    const isLinkCut = errors.some((error) => error.pointer === "/token");
    return new Refused(isLinkCut ? "link_cut" : code, errors, seconds);
  } catch {
    return new Refused("unreadable");
  }
}

// Serve the page's form. `act` gets the token and does the deed with `send`; `done` says so. To
// codes of refusals: `refusals` has the page's own words, `fields` the field that was wrong, and
// after those of `final` there is nothing left to try.
export function serve({ act, done, refusals, fields = {}, final }) {
  const words = { ...REFUSALS, ...refusals };
  const last = new Set(["link_cut", ...final]);

  async function submit(event) {
    event.preventDefault();
    if (button.disabled) {
      return;
    }
    button.disabled = true;
    unmark();
    show("Проверяем…", false);
    try {
      await act(tokenOfLink());
      form.reset();
      hidePassword();
      finish(done, false);
    } catch (problem) {
      refuse(problem);
    } finally {
      button.disabled = false;
    }
  }

  function refuse(problem) {
    if (!(problem instanceof Refused)) {
      show(NO_CONNECTION, true);
      return;
    }
    const { code, errors, seconds } = problem;
    const text = code === "too_many_requests" ? waitFor(seconds) : (words[code] ?? ANY_OTHER);
    if (last.has(code)) {
      finish(text, true);
      return;
    }
    show(text, true);
    errors.forEach(({ pointer, detail }) => mark(pointer.slice(1), detail));
    if (code in fields) {
      mark(fields[code], "");
    }
    form.querySelector("[aria-invalid]")?.focus();
    if (document.activeElement === document.body) {
      outcome.focus(); // What had the focus is gone.
    }
  }

  form.addEventListener("submit", submit);
  shown.addEventListener("change", hidePassword);
  window.addEventListener("hashchange", start);
  start();
}

function start() {
  const hasToken = Boolean(tokenOfLink());
  form.hidden = !hasToken;
  show(hasToken ? "" : NO_TOKEN, !hasToken);
}

function tokenOfLink() {
  return new URLSearchParams(location.hash.slice(1)).get("token");
}

function hidePassword() {
  form.elements.password.type = shown.checked ? "text" : "password";
}

function waitFor(seconds) {
  const minutes = Math.ceil((seconds || 60) / 60);
  const wait = minutes > 90 ? `${Math.ceil(minutes / 60)} ч` : `${minutes} мин`;
  return `Слишком много попыток. Попробуйте ещё раз через ${wait}: введённое сохранилось.`;
}

function show(text, isProblem) {
  outcome.textContent = text;
  outcome.classList.toggle("problem", isProblem);
}

function finish(text, isProblem) {
  form.hidden = true;
  show(text, isProblem);
  outcome.focus();
}

// Mark a field as wrong; where it has a place for advice, the advice stands beside it.
function mark(name, advice) {
  form.elements[name]?.setAttribute("aria-invalid", "true");
  const place = document.getElementById(`${name}-advice`);
  if (place) {
    place.textContent = advice;
  }
}

function unmark() {
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  form.querySelectorAll(".advice").forEach((place) => place.replaceChildren());
}
