// How a person is called.

// «Образцова Первая Тестовна»; «без имени» for a patient whom the register does not know.
export function fullName({ last_name: last, first_name: first, middle_name: middle }) {
  return [last, first, middle].filter(Boolean).join(" ") || "без имени";
}
