// The text of the consent to receive documents by e-mail that patients print and sign today.

// Stands on the paper; the desk records it with the consent, as texts change (156-FZ).
export const TEXT_VERSION = "2026-1";
