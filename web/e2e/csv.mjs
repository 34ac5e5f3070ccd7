// RFC 4180, for looking into exports.

/** The records of a CSV text, each a list of its fields. */
export function parseCsv(text) {
  const records = [];
  let record = [];
  let rest = text.replace(/^\uFEFF/, "");
  while (rest !== "") {
    const match = rest.match(/^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/);
    if (match === null) throw new Error(`not CSV: ${rest.slice(0, 40)}`);
    record.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    rest = rest.slice(match[0].length);
    if (match[3] !== ",") {
      records.push(record);
      record = [];
    }
  }
  return records;
}
