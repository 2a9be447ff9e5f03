// Lets a relative take tickets for the patient, who signs in where the browser has no session.

import { Refused, ask } from "/api.js";
import { serveLink } from "/link.js";
import { enter } from "/page.js";

const WHO_ARE_YOU = ["session_required", "invitation_expired"];

const form = document.getElementById("invitation");
const signIn = document.getElementById("sign-in");
const { email, password } = form.elements;
let hasSignedIn = false;

async function accept(token, typed) {
  if (!signIn.hidden) {
    await ask("POST /api/sessions", typed);
    hasSignedIn = true;
    askWho(false);
  }
  try {
    await ask("POST /api/invitation-acceptances", { token });
  } catch (problem) {
    throw WHO_ARE_YOU.includes(problem.code) ? orWhoAreYou(problem) : problem;
  }
  enter(
    "Готово: родственник может брать для Вас талоны и видеть их. Отозвать разрешение можно на " +
      "странице «Семья».");
}

// A browser that relatives share may hold the session of another one of them: only what is answered
// to somebody who has just signed in here is about the invitation itself.
function orWhoAreYou(problem) {
  const isSignedOut = problem.code === "session_required";
  if (hasSignedIn && !isSignedOut) {
    return problem;
  }
  askWho(true);
  return isSignedOut ? problem : new Refused("other_account");
}

function askWho(isAsked) {
  signIn.hidden = !isAsked;
  [email, password].forEach((field) => {
    field.disabled = !isAsked;
  });
  password.value = "";
}

serveLink(form, {
  act: accept,
  words: {
    session_required: "Чтобы ответить на приглашение, войдите в свой личный кабинет.",
    other_account:
      "Приглашение больше не действует, или в этом браузере открыт чужой личный кабинет. Войдите " +
      "в свой.",
    // No address or password that opens an account looks like this one.
    invalid_request: "Адрес или пароль не подошли. Проверьте их и введите ещё раз.",
  },
  fields: { sign_in_failed: ["password"] },
  refused: ({ code }) => {
    if (code === "session_required" || code === "other_account") {
      email.focus();
    }
  },
});
