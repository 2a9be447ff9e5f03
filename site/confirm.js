// Confirms an address, a new account's or the new one of an account, with the account's password.

import { ask } from "/api.js";
import { serveLink } from "/link.js";
import { enter } from "/page.js";

const WRONG_PASSWORD =
  "Пароль не подошёл. Введите пароль от личного кабинета: при регистрации — тот, который Вы " +
  "придумали.";

serveLink(document.getElementById("confirm"), {
  act: async (token, { password }) => {
    await ask("POST /api/email-confirmations", { token, password });
    enter("Адрес подтверждён, Вы вошли в личный кабинет.");
  },
  words: {
    wrong_password: WRONG_PASSWORD,
    // No password is so long.
    invalid_request: WRONG_PASSWORD,
  },
  fields: { wrong_password: ["password"] },
});
