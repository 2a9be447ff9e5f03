// Sets a new password in the place of a forgotten one.

import { send, serve } from "/linked_page.js";

serve({
  act: (token) =>
    send("PUT", "/api/password-resets", {
      token,
      password: document.getElementById("password").value,
    }),
  done:
    "Пароль изменён. Личный кабинет закрыт на всех устройствах, где он был открыт: войдите " +
    "заново с новым паролем.",
  refusals: {
    reset_expired:
      "Ссылка больше не действует: ей уже воспользовались или прошло больше получаса. Запросите " +
      "новую.",
    invalid_request: "Этот пароль не подойдёт. Придумайте другой.",
  },
  final: ["reset_expired"],
});
