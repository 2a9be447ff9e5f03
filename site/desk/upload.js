// Files on their way: a PDF is looked at, promised to the portal, uploaded, and mailed.

import { NoConnection, Refused } from "/api.js";
import { askHere } from "/desk/whereabouts.js";

const LARGEST_FILE = 10 * 1024 * 1024; // Bytes; the portal takes no more.
const FIRST_BYTES = "%PDF-";
const TRIES = 4; // The portal may hear of an upload a moment after it.
const PAUSE = 1000; // Milliseconds.
const LONGEST_UPLOAD = 600000; // Milliseconds.
const LEFT = 60000; // Milliseconds in which an upload can surely still begin.
const LOST = ["document_not_uploaded", "document_rejected"]; // Only another upload helps.

// A patient's document on its way. What was done of it is not done again: after a lost connection
// `deliver` goes on where it was.
export class Delivery {
  constructor(patientId, kind, file) {
    this.patientId = patientId;
    this.kind = kind;
    this.file = file;
    this.promised = null; // What the portal answered: the document's id, and how to upload it.
    this.isUploaded = false;
  }

  // Tell whether this is the delivery of a file.
  isOf(kind, file) {
    return this.kind === kind && this.file === file;
  }

  // Do all that is left. `tell` hears how much of the file is uploaded, from 0 to 1.
  async deliver(tell) {
    if (!this.isUploaded && !this.canUpload()) {
      this.promised = await promise(this);
    }
    if (!this.isUploaded) {
      await this.upload(tell);
    }
    try {
      await sendDocument(this.promised.document_id);
    } catch (problem) {
      if (LOST.includes(problem.code)) {
        this.forget();
      }
      throw problem;
    }
  }

  canUpload() {
    return this.promised && Date.parse(this.promised.upload.expires_at) - Date.now() > LEFT;
  }

  async upload(tell) {
    try {
      await put(this.promised.upload, this.file, tell);
      this.isUploaded = true;
    } catch (problem) {
      if (problem instanceof Refused) {
        this.forget();
      }
      throw problem;
    }
  }

  forget() {
    this.promised = null;
    this.isUploaded = false;
  }
}

// Have a document mailed that was uploaded.
export async function sendDocument(documentId, triesLeft = TRIES) {
  try {
    await askHere(`POST /api/desk/documents/${encodeURIComponent(documentId)}/send`);
  } catch (problem) {
    if (problem.code !== "document_not_uploaded" || triesLeft <= 1) {
      throw problem;
    }
    await new Promise((resume) => setTimeout(resume, PAUSE));
    await sendDocument(documentId, triesLeft - 1);
  }
}

async function promise({ file, kind, patientId }) {
  const content = await contentOf(file);
  refuseOther(content);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return askHere("POST /api/desk/documents",
    { patient_id: patientId, kind, file_name: file.name, size: file.size, sha256 });
}

async function contentOf(file) {
  if (file.size > LARGEST_FILE) {
    refuse("Файл больше 10 МБ. Уменьшите его и выберите ещё раз.");
  }
  try {
    return await file.arrayBuffer();
  } catch {
    return refuse("Файл не читается: его переместили или изменили. Выберите его ещё раз.");
  }
}

// Refuse what the portal would refuse, before it is uploaded.
function refuseOther(content) {
  const begins = new TextDecoder().decode(content.slice(0, FIRST_BYTES.length));
  if (begins !== FIRST_BYTES) {
    refuse("Это не PDF. Сохраните документ как PDF и выберите его ещё раз.");
  }
}

function refuse(detail) {
  throw new Refused("invalid_request", { errors: [{ pointer: "/file_name", detail }] });
}

// fetch() does not tell how far an upload is.
function put({ headers, method, url }, file, tell) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    Object.entries(headers).forEach(([name, value]) => {
      if (name !== "content-length") { // The browser writes it itself, and lets nobody else.
        request.setRequestHeader(name, value);
      }
    });
    request.upload.addEventListener("progress", ({ loaded, total }) => tell(loaded / total));
    request.timeout = LONGEST_UPLOAD;
    ["error", "timeout"].forEach((kind) =>
      request.addEventListener(kind, () => fail(new NoConnection())));
    request.addEventListener("load", () => {
      const { status } = request;
      if (status >= 200 && status < 300) {
        done();
      } else {
        fail(new Refused(status >= 500 ? "try_again" : LOST[0]));
      }
    });
    request.send(file);
  });
}
