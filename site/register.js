// Asks for an account, and tells how to confirm its address (R1 to R4). The portal answers alike
// whether the address has an account already or not; its owner learns that from the mail.

import { ask } from "/api.js";
import { focusOn } from "/dom.js";
import { serve } from "/forms.js";

const SENT = "?sent"; // In the page's address, so that a reload and the back button know it.

const heading = document.querySelector("h1");
const asking = document.getElementById("asking");
const sent = document.getElementById("sent");
const form = document.getElementById("register");
const again = document.getElementById("again");
let address = ""; // Only here: nobody's address stands in the page's own, or is kept.

function show() {
  const isSent = location.search === SENT;
  asking.hidden = isSent;
  sent.hidden = !isSent;
  heading.textContent = isSent ? "Проверьте почту" : "Регистрация";
  document.title = `${heading.textContent} — личный кабинет пациента`;
}

// Say to which address the mail went; after a reload it must be typed to be asked for again.
function showAddress() {
  const isKnown = Boolean(address);
  document.getElementById("address").textContent = address;
  document.getElementById("known-address").hidden = !isKnown;
  document.getElementById("unknown-address").hidden = isKnown;
  document.getElementById("again-field").hidden = isKnown;
  document.getElementById("correct").hidden = !isKnown;
  again.elements.email.disabled = isKnown;
  again.querySelector("output").textContent = "";
}

function forgetPassword() {
  const { password } = form.elements;
  password.value = "";
  password.type = "password";
  form.querySelector("[data-shows]").checked = false;
}

serve(form, {
  act: async (typed) => {
    await ask("POST /api/registrations", typed);
    address = typed.email;
    forgetPassword();
    history.pushState(null, "", SENT);
    showAddress();
    show();
    focusOn(heading);
  },
});

serve(again, {
  act: async ({ email = address }) => {
    await ask("POST /api/registrations/resend", { email });
    return "Если на этот адрес есть регистрация, мы отправили письмо ещё раз. Посмотрите почту " +
      "через несколько минут.";
  },
  words: {
    too_many_requests:
      "Нельзя просить письмо так часто. Попробуйте ещё раз {wait}, а пока проверьте почту.",
  },
});

document.getElementById("correct").addEventListener("click", () => {
  history.pushState(null, "", location.pathname);
  show();
  form.elements.email.focus();
});
window.addEventListener("popstate", show);
showAddress();
show();
