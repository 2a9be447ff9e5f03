// The clinic as its patients know it; publishing writes the stack's own parameters here.

export const CLINIC = {
  name: "Городская поликлиника",
  registryPhone: "+7 (000) 000-00-00",
  timeZone: "Europe/Moscow",
};
