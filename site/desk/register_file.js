// Reads the attachment register from the clerk's own file, and cuts it into parts as one call of
// the portal takes them. Lines are counted as the file has them; the header's number is 1.

export const COLUMNS = ["policy_number", "policy_series", "last_name", "first_name", "middle_name",
  "birth_date", "district_id", "policy_valid_until"];

const MOST_LINES = 1000; // Of one part, the header apart.
const LARGEST_PART = 1024 * 1024; // Bytes.
const END_OF_LINE = /\r\n|\n|\r/;

// Read a file: its header, and each line that is not blank as {number, text}. Null means that it is
// no register at all: a spreadsheet, perhaps, or what the disk no longer gives.
export async function sheetOf(file) {
  const [header, ...others] = (await textOf(file)).split(END_OF_LINE);
  if (!header.includes(COLUMNS[0])) {
    return null;
  }
  const lines = others.map((text, at) => ({ number: at + 2, text }));
  return { header, lines: lines.filter(({ text }) => text.trim()) };
}

// Cut the lines into parts. A file without lines is one part: its header is worth a look.
export function partsOf({ header, lines }) {
  const parts = [[]];
  const beginning = sizeOf(header);
  let size = beginning;
  for (const line of lines) {
    const more = sizeOf(line.text);
    const part = parts[parts.length - 1];
    if (part.length && (part.length === MOST_LINES || size + more > LARGEST_PART)) {
      parts.push([line]);
      size = beginning + more;
    } else {
      part.push(line);
      size += more;
    }
  }
  return parts;
}

// What is sent of a part.
export function bodyOf({ header }, part) {
  return [header, ...part.map(({ text }) => text), ""].join("\n");
}

function sizeOf(line) {
  return new TextEncoder().encode(line).length + 1;
}

async function textOf(file) {
  let bytes;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return ""; // The file was moved or changed since it was chosen.
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1251").decode(bytes); // What older spreadsheets write.
  }
}
