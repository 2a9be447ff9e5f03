// Lets a relative take tickets for the patient, who signs in where the browser has no session.

import { Refused, send, serve } from "/linked_page.js";

const WHO_ARE_YOU = new Set(["session_required", "invitation_expired"]);

const signIn = document.getElementById("sign-in");
const email = document.getElementById("email");
const password = document.getElementById("password");
let hasSignedIn = false;

async function accept(token) {
  if (!signIn.hidden) {
    await send("POST", "/api/sessions", { email: email.value, password: password.value });
    hasSignedIn = true;
    askWho(false);
  }
  try {
    await send("POST", "/api/invitation-acceptances", { token });
  } catch (problem) {
    if (!WHO_ARE_YOU.has(problem.code) || (hasSignedIn && problem.code !== "session_required")) {
      throw problem;
    }
    askWho(true);
    email.focus();
    // A browser that relatives share may hold the session of another one of them.
    throw problem.code === "session_required" ? problem : new Refused("other_account");
  }
}

function askWho(isAsked) {
  signIn.hidden = !isAsked;
  signIn.disabled = !isAsked;
}

serve({
  act: accept,
  done: "Готово: родственник может брать для Вас талоны и видеть их.",
  refusals: {
    session_required: "Чтобы ответить на приглашение, войдите в свой личный кабинет.",
    other_account:
      "Приглашение больше не действует, или в этом браузере открыт чужой личный кабинет. Войдите " +
      "в свой.",
    sign_in_failed: "Адрес или пароль не подошли.",
    invitation_expired:
      "Приглашение больше не действует или прислано не Вам. Попросите родственника прислать новое.",
  },
  fields: { sign_in_failed: "password" },
  final: ["invitation_expired"],
});
