// What a person reads when the portal refuses: for every code a sentence that says what to do next.
// A page may say it more closely; what it does not say itself stands here.

import { CLINIC } from "/clinic.js";

export const REFUSALS = {
  malformed_request:
    "Портал не понял запрос. Обновите страницу и попробуйте ещё раз.",
  session_required:
    "Вы не вошли или вход устарел. Войдите ещё раз.",
  sign_in_failed:
    "Адрес или пароль не подошли. Проверьте их и введите ещё раз. Если пароль забыт, запросите " +
    "новый.",
  not_attached:
    "Пациент не прикреплён к поликлинике. Позвоните в регистратуру: {phone}.",
  wrong_district:
    "Это время другого участка. Выберите время из обновлённого списка.",
  wrong_password:
    "Пароль не подошёл. Введите его ещё раз.",
  not_found:
    "Этого здесь уже нет. Обновите страницу.",
  patient_unknown:
    "Этого человека в Вашем личном кабинете больше нет. Откройте страницу «Семья».",
  slot_unknown:
    "Такого времени нет. Выберите другое из обновлённого списка.",
  method_not_allowed:
    "Это действие здесь невозможно. Обновите страницу и попробуйте ещё раз.",
  address_unreachable:
    "Письма на адрес пациента не доходят. Попросите пациента указать в личном кабинете другой " +
    "адрес и подписать согласие на него.",
  consent_missing:
    "Нет действующего согласия на отправку по этому адресу. Внесите подписанное согласие с " +
    "адресом пациента.",
  document_not_uploaded:
    "Файл ещё не загружен. Загрузите его ещё раз.",
  document_rejected:
    "Файл не принят: это не тот PDF, который был выбран. Выберите файл заново.",
  email_differs:
    "У пациента нет подтверждённого личного кабинета с таким адресом. Сверьте адрес в согласии с " +
    "адресом в карточке пациента.",
  family_full:
    "В личном кабинете уже слишком много членов семьи. Позвоните в регистратуру: {phone}.",
  policy_already_registered:
    "По этому полису уже открыт личный кабинет. Войдите в него или позвоните в регистратуру: " +
    "{phone}.",
  policy_expired:
    "На день приёма полис уже не действует. Выберите день раньше или обновите полис в страховой " +
    "компании и сообщите об этом в регистратуру: {phone}.",
  profile_not_confirmed:
    "Профиль пациента не подтверждён. Внесите согласие или подтвердите профиль.",
  slot_taken:
    "Это время только что занял другой пациент. Выберите другое: список обновлён.",
  slot_withdrawn:
    "На это время больше не записывают. Выберите другое: список обновлён.",
  ticket_limit_reached:
    "У пациента уже есть талон. Отмените его или перенесите на другое время.",
  too_late:
    "Этот талон уже нельзя изменить. Если помощь ещё нужна, позвоните в регистратуру: {phone}.",
  confirmation_expired:
    "Ссылка больше не действует. Попробуйте войти; если не получится, зарегистрируйтесь ещё раз.",
  invitation_expired:
    "Приглашение больше не действует или прислано не Вам. Попросите родственника прислать новое.",
  reset_expired:
    "Ссылка больше не действует. Запросите новую.",
  too_large:
    "Это слишком большой запрос. Выберите файл поменьше или сократите введённое.",
  invalid_request:
    "Проверьте отмеченные поля и отправьте ещё раз.",
  too_many_requests:
    "Слишком много попыток. Попробуйте ещё раз {wait}: введённое сохранилось.",
  internal_error:
    "Произошла ошибка, мы о ней уже знаем. Попробуйте позже или позвоните в регистратуру: {phone}.",
  try_again:
    "Сейчас не получилось. Подождите немного и попробуйте ещё раз: введённое сохранилось.",
};

// What the desk reads instead: it is the registry itself.
export const DESK_REFUSALS = {
  internal_error:
    "Произошла ошибка, мы о ней уже знаем. Попробуйте позже.",
};

// Why a line of the register was not taken over, and how to mend it.
export const LINE_REFUSALS = {
  line_unreadable: "Кавычки в строке не закрыты. Исправьте их.",
  line_columns: "В строке больше или меньше ячеек, чем столбцов. Проверьте разделители.",
  missing: "Не заполнена обязательная ячейка. Заполните её.",
  policy_not_digits: "В номере полиса не только цифры. Укажите полис ОМС: 16 цифр.",
  policy_length: "В номере полиса не 16 цифр. Сверьте номер с полисом.",
  policy_temporary_certificate: "Это временное свидетельство: 9 цифр. Укажите номер полиса.",
  policy_form_number: "Это номер бланка: 11 цифр. Укажите номер полиса: 16 цифр.",
  policy_check_digit: "Контрольная цифра полиса не сходится. Сверьте номер с полисом.",
  policy_repeated: "Этот полис уже есть в строке выше. Оставьте одну из строк.",
  name_characters: "В имени есть недопустимые знаки. Уберите их.",
  name_length: "Имя длиннее 100 знаков. Сократите его.",
  name_letters: "В имени нет букв. Исправьте его.",
  date_format: "Дата написана не так. Пишите её в виде 1985-03-27.",
  date_unknown: "Такой даты нет. Исправьте её.",
  birth_date_range: "Дата рождения не может быть такой. Исправьте её.",
  district_unknown: "Такого участка нет. Заведите участок или исправьте его код.",
};

export const KEPT = ": введённое сохранилось"; // Only forms say so.
export const NO_CONNECTION =
  "Нет связи. Проверьте Интернет и попробуйте ещё раз: введённое сохранилось.";
export const CHECK_FIELD = "Проверьте отмеченное поле.";
export const SIGN_IN_BESIDE =
  "Вход устарел. Войдите в новой вкладке, вернитесь сюда и нажмите кнопку ещё раз: введённое " +
  "сохранилось.";
export const FILL_IN = "Заполните это поле.";
export const WRITE_DAY = "Такой даты нет. Напишите дату так: 27.03.1948 или 27031948.";

export const TICKET_STATUS = {
  booked: "Талон взят",
  cancelled: "Отменён",
  withdrawn: "Отменён поликлиникой",
  arrived: "Приём состоялся",
  no_show: "На приём не пришли",
};
export const TICKET_PAST = "Время приёма прошло";

// What the desk reads of a patient's ticket, profile and documents.
export const DESK_TICKET_STATUS = {
  booked: "Ожидается",
  cancelled: "Отменён",
  withdrawn: "Отменён: врача нет",
  arrived: "Пришёл",
  no_show: "Не пришёл",
};
export const PROFILE_STATUS = {
  unconfirmed: "не подтверждён",
  consent_received: "ждёт подтверждения",
  confirmed: "подтверждён",
};
export const DOCUMENT_KIND = {
  test_results: "Результаты анализов",
  outpatient_card: "Копия амбулаторной карты",
};
export const DOCUMENT_STATUS = {
  promised: "Файл не загружен до конца",
  stored: "Загружен, не отправлен",
  rejected: "Файл не принят",
  sending: "Отправляется",
  sent: "Отправлен",
};

// Say what a refusal means and what to do; `words` are the page's own for some codes.
export function sentence({ code, seconds }, words = {}) {
  const text = words[code] ?? REFUSALS[code] ?? REFUSALS.internal_error;
  return text.replace("{phone}", CLINIC.registryPhone).replace("{wait}", waitFor(seconds));
}

function waitFor(seconds) {
  const minutes = Math.ceil((seconds || 60) / 60);
  return minutes > 90 ? `через ${Math.ceil(minutes / 60)} ч` : `через ${minutes} мин`;
}

// Choose the form of a word that goes with a number: count(2, "день", "дня", "дней").
export function count(number, one, few, many) {
  const forms = { one, few };
  return `${number} ${forms[new Intl.PluralRules("ru").select(number)] ?? many}`;
}

// How a person is called: «Образцова Первая Тестовна»; «без имени» where the register knows nobody.
export function fullName({ last_name: last, first_name: first, middle_name: middle }) {
  return [last, first, middle].filter(Boolean).join(" ") || "без имени";
}
