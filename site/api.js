// Requests to the portal. Whatever does not succeed is thrown as Refused or NoConnection.

const LONGEST_WAIT = 35000; // Milliseconds; the portal itself gives up after 30 s.
const CODES = { 413: "too_large", 429: "too_many_requests", 502: "try_again", 503: "try_again",
  504: "try_again" };

// The portal did not do what it was asked for; `code` says why, for ever in the same word.
export class Refused extends Error {
  constructor(code, { errors = [], seconds = null } = {}) {
    super(code);
    this.code = code;
    this.errors = errors; // Of refused fields: {pointer, detail, code}.
    this.seconds = seconds; // After so many the same may be asked again.
  }
}

// No answer came: the request may have been carried out, and may be sent again.
export class NoConnection extends Error {}

// Ask for something such as "POST /api/tickets"; return what was answered, null if nothing.
export async function ask(request, body) {
  const [method, path] = request.split(" ");
  const sent = { method, headers: {} };
  if (body !== undefined) {
    sent.headers["Content-Type"] = "application/json";
    sent.body = JSON.stringify(body);
  }
  return send(path, sent);
}

// Send a request as fetch describes it, and read the answer.
export async function send(path, sent) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), LONGEST_WAIT);
  try {
    const answer = await fetch(path, { ...sent, signal: patience.signal });
    const text = await answer.text();
    if (!answer.ok) {
      throw refusalOf(answer, text);
    }
    return text ? JSON.parse(text) : null;
  } catch (problem) {
    throw problem instanceof Refused ? problem : new NoConnection();
  } finally {
    clearTimeout(timer);
  }
}

function refusalOf(answer, text) {
  const seconds = Number.parseInt(answer.headers.get("Retry-After") ?? "", 10) || null;
  const kind = answer.headers.get("Content-Type") ?? "";
  if (kind.startsWith("application/problem+json")) {
    const { code, errors } = JSON.parse(text);
    return new Refused(code, { errors, seconds });
  }
  // The gateway and the distribution answer some requests themselves, with a status alone.
  return new Refused(CODES[answer.status] ?? "internal_error", { seconds });
}
