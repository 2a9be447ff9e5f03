// Confirms the address: the token comes from the mailed link's fragment, which no server sees, and
// the password from the patient. Opening the page sends nothing.

const NO_TOKEN = "В ссылке не хватает кода. Откройте её из письма ещё раз, целиком.";
const OUTCOMES = {
  link_cut: NO_TOKEN,
  confirmation_expired:
    "Ссылка больше не действует: ей уже воспользовались или прошло больше суток. " +
    "Если адрес ещё не подтверждён, зарегистрируйтесь заново.",
  wrong_password: "Пароль не подошёл. Введите тот, который Вы придумали при регистрации.",
  policy_already_registered:
    "По этому полису уже открыт другой личный кабинет. Обратитесь в регистратуру.",
  invalid_request: "Пароль не подошёл. Введите тот, который Вы придумали при регистрации.",
  too_many_requests: "Слишком много попыток. Подождите немного и попробуйте ещё раз.",
  try_again: "Сейчас не получилось. Подождите минуту и попробуйте ещё раз.",
};
const CONFIRMED = "Адрес подтверждён, Вы вошли в личный кабинет.";
const NO_CONNECTION = "Нет связи. Проверьте Интернет и нажмите кнопку ещё раз: пароль сохранился.";
const ANY_OTHER = "Что-то пошло не так. Попробуйте ещё раз позже или позвоните в регистратуру.";

const FINAL = new Set(["link_cut", "confirmation_expired", "policy_already_registered"]);

const form = document.getElementById("confirmation");
const password = document.getElementById("password");
const button = form.querySelector("button");
const outcome = document.getElementById("outcome");

function tokenOfLink() {
  return new URLSearchParams(location.hash.slice(1)).get("token");
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

async function codeOf(answer) {
  try {
    const problem = await answer.json();
    const isLinkCut = problem.errors?.some((error) => error.pointer === "/token");
    return isLinkCut ? "link_cut" : problem.code;
  } catch {
    return "unreadable";
  }
}

async function confirm() {
  const answer = await fetch("/api/email-confirmations", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token: tokenOfLink(), password: password.value }),
  });
  if (answer.ok) {
    password.value = "";
    finish(CONFIRMED, false);
    return;
  }
  const code = await codeOf(answer);
  const text = OUTCOMES[code] ?? ANY_OTHER;
  if (FINAL.has(code)) {
    finish(text, true);
    return;
  }
  show(text, true);
  if (code === "wrong_password" || code === "invalid_request") {
    password.setAttribute("aria-invalid", "true");
    password.focus();
  }
}

async function submit(event) {
  event.preventDefault();
  if (button.disabled) {
    return;
  }
  button.disabled = true;
  password.removeAttribute("aria-invalid");
  show("Проверяем…", false);
  try {
    await confirm();
  } catch {
    show(NO_CONNECTION, true);
  } finally {
    button.disabled = false;
  }
}

function start() {
  const hasToken = Boolean(tokenOfLink());
  form.hidden = !hasToken;
  show(hasToken ? "" : NO_TOKEN, !hasToken);
}

form.addEventListener("submit", submit);
document.getElementById("shown").addEventListener("change", (event) => {
  password.type = event.target.checked ? "text" : "password";
});
window.addEventListener("hashchange", start);
start();
