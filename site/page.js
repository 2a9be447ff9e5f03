// What every page does: it says whose clinic it is, marks where one is, signs out, tells what was
// just done on the page before, and leads whoever is no longer signed in to the sign-in and back.

import { NoConnection, Refused, ask } from "/api.js";
import { CLINIC } from "/clinic.js";
import { focusOn, make } from "/dom.js";
import { DESK_REFUSALS, KEPT, NO_CONNECTION, sentence } from "/texts.js";

const IS_DESK = location.pathname.startsWith("/desk/");
const SIGN_IN = IS_DESK ? "/desk/index.html" : "/index.html";
const SIGN_OUT = `DELETE ${IS_DESK ? "/api/desk" : "/api"}/sessions/current`;
const HOME = IS_DESK ? "/desk/day.html" : "/tickets.html";
const PAGE = IS_DESK ? /^\/desk\/[a-z_]+\.html$/ : /^\/[a-z_]+\.html$/;
const NOTICE = "notice"; // In sessionStorage: what the next page is to say.
const SIGNED_IN = IS_DESK ? "desk-signed-in" : "signed-in"; // In localStorage: a guess, no right.

const notice = document.getElementById("notice");
const latest = new WeakMap(); // Of each part of the page, its load that was begun last.
let isGoing = false;

// Tell whether this page is being left: until the next one is there, all stays as it is.
export function isLeaving() {
  return isGoing;
}

// Whoever was asked whether to leave, and is still here, has stayed.
export function remain() {
  isGoing = false;
  document.body.hidden = false;
}

// Go to another page of ours, which says `text` once it is there.
export function go(path, text = "") {
  leaveNotice(text);
  isGoing = true;
  location.assign(path);
}

function leaveNotice(text) {
  if (text) {
    sessionStorage.setItem(NOTICE, text);
  }
}

// Say on this page what was done, or why it was not.
export function say(text, isProblem = false) {
  notice.textContent = text;
  notice.className = isProblem ? "notice problem" : "notice done";
  notice.hidden = !text;
  if (text) {
    focusOn(notice);
  }
}

// Note that this browser has signed in, and go back to where one was; that page says `text`. It
// takes the place of this one, so that no used link and no sign-in stays in the history.
export function enter(text = "") {
  localStorage.setItem(SIGNED_IN, "yes");
  leaveNotice(text);
  isGoing = true;
  location.replace(wayBack());
}

// Skip the sign-in where this browser is probably signed in already.
export function skipSignIn() {
  if (localStorage.getItem(SIGNED_IN) && !location.search) {
    location.replace(HOME);
  }
}

// Note that this browser is signed in no more, and go to the sign-in.
export function leave(text) {
  localStorage.removeItem(SIGNED_IN);
  sessionStorage.clear();
  go(SIGN_IN, text);
}

// Say in Russian what went wrong; `words` are the page's own for some codes. Whoever is not signed
// in goes to the sign-in, and afterwards comes back to this very address.
export function explain(problem, words = {}) {
  if (problem instanceof NoConnection) {
    return NO_CONNECTION;
  }
  if (!(problem instanceof Refused)) {
    setTimeout(() => {
      throw problem; // A mistake of ours: the browser's console tells of it.
    });
    return sentence({ code: "internal_error" }, IS_DESK ? DESK_REFUSALS : {});
  }
  if (problem.code === "session_required" && !("session_required" in words)) {
    const here = encodeURIComponent(location.pathname + location.search);
    leaveNotice(sentence(problem));
    isGoing = true;
    location.replace(`${SIGN_IN}?next=${here}`);
  }
  return sentence(problem, IS_DESK ? { ...DESK_REFUSALS, ...words } : words);
}

// Make a link to a sign-in beside this page, on which all stays as it is.
export function signInLink() {
  return make("a", { href: `${SIGN_IN}?next=${HOME}`, target: "_blank" }, "Войти в новой вкладке");
}

// Fill a part of the page by `work`, which says that it is running, and if it fails can be tried
// again. `work` may be called more than once; what a load that was begun later shows is left alone.
export async function load(place, work, words = {}) {
  const turn = {};
  const isLatest = () => latest.get(place) === turn;
  latest.set(place, turn);
  place.setAttribute("aria-busy", "true");
  if (!place.hasChildNodes()) {
    place.replaceChildren(make("p", { class: "running", role: "status" }, "Загружаем…"));
  }
  try {
    await work();
  } catch (problem) {
    const text = explain(problem, words).replace(KEPT, ""); // Nothing was typed here.
    if (isLatest()) {
      place.replaceChildren(...failure(text, () => load(place, work, words)));
      if (problem.code === "session_required" && !isGoing) {
        place.prepend(make("p", {}, signInLink()));
      }
    }
  } finally {
    if (isLatest()) {
      place.removeAttribute("aria-busy");
    }
  }
}

// What stands in the place of what could not be loaded.
function failure(text, tryAgain) {
  const again = make("button", { type: "button" }, "Попробовать ещё раз");
  again.addEventListener("click", () => {
    again.parentElement.replaceChildren();
    focusOn(document.querySelector("h1")); // The button is gone, and a reader would be nowhere.
    tryAgain();
  });
  return [make("p", { class: "problem", role: "alert" }, text), again];
}

// The page to go to after the sign-in: where one was, if that is a page of ours.
function wayBack() {
  const told = new URLSearchParams(location.search).get("next") ?? HOME;
  try {
    const { hash, origin, pathname, search } = new URL(told, location.origin);
    const isOurs = origin === location.origin && PAGE.test(pathname);
    return isOurs ? pathname + search + hash : HOME;
  } catch {
    return HOME; // It is no address at all.
  }
}

async function signOut(event) {
  event.target.disabled = true;
  try {
    await ask(SIGN_OUT);
    leave("Вы вышли.");
  } catch (problem) {
    if (problem.code === "session_required") {
      leave("Вы вышли.");
      return;
    }
    event.target.disabled = false;
    say(explain(problem), true);
  }
}

function start() {
  const text = sessionStorage.getItem(NOTICE);
  sessionStorage.removeItem(NOTICE);
  if (text) {
    say(text);
  }
  document.querySelectorAll("[data-clinic]").forEach((place) => place.append(CLINIC.name));
  document.querySelectorAll("a[data-phone]").forEach((link) => {
    link.href = `tel:${CLINIC.registryPhone.replace(/[^+\d]/g, "")}`;
    link.textContent = CLINIC.registryPhone;
  });
  const here = document.querySelector(`nav a[href="${location.pathname}"]`);
  here?.setAttribute("aria-current", "page");
  const button = document.getElementById("sign-out");
  button?.addEventListener("click", signOut);
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    event.preventDefault(); // The fragment is a mailed link's, and the history the page's own.
    focusOn(document.getElementById("content"));
  });
  // A page that is kept in memory for the back button may show what is no longer so, or what is no
  // longer this person's to see; so may another tab, once one has signed out in this one.
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted && (button || isGoing)) {
      renew();
    }
  });
  window.addEventListener("storage", ({ key, newValue }) => {
    if (button && key === SIGNED_IN && newValue === null) {
      renew();
    }
  });
}

function renew() {
  document.body.hidden = true;
  location.reload();
}

start();
