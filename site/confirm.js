// Confirms an address, a new account's or the new one of an account, with the account's password.

import { send, serve } from "/linked_page.js";

const WRONG_PASSWORD =
  "Пароль не подошёл. Введите пароль от личного кабинета: при регистрации — тот, который Вы " +
  "придумали.";

serve({
  act: (token) =>
    send("POST", "/api/email-confirmations", {
      token,
      password: document.getElementById("password").value,
    }),
  done: "Адрес подтверждён, Вы вошли в личный кабинет.",
  refusals: {
    confirmation_expired:
      "Ссылка больше не действует: ей уже воспользовались или прошло больше суток. Если адрес " +
      "ещё не подтверждён, зарегистрируйтесь или смените адрес в личном кабинете заново.",
    wrong_password: WRONG_PASSWORD,
    // No password is so short or so long.
    invalid_request: WRONG_PASSWORD,
    policy_already_registered:
      "По этому полису уже открыт другой личный кабинет. Обратитесь в регистратуру.",
  },
  fields: { wrong_password: "password", invalid_request: "password" },
  final: ["confirmation_expired", "policy_already_registered"],
});
