// Lines of paper attendance lists, and the facts that they become. Pure functions.

/** Return an empty line. */
export const blank = (key) => ({ key, who: "", area: "", came: "", went: "" });

/** Whether a line has neither a worker nor a time. */
export const isBlank = (line) => !line.who.trim() && !line.came.trim() && !line.went.trim();

/** Parse a time of day to HH:MM, from 8, 830, 0830, 8:30, 8.30 or with Chinese hour signs, or null. */
export function timeOfDay(text) {
  const said = text
    .trim()
    .replace(/[:\uff1a.\u70b9\u65f6]/g, ":")
    .replace(/[:\u5206]$/, "");
  const found =
    /^(\d{1,2}):(\d{2})$/.exec(said) ?? /^(\d{1,2})()$/.exec(said) ?? /^(\d{1,2})(\d{2})$/.exec(said);
  if (!found) return null;
  const [hour, minute] = [Number(found[1]), Number(found[2] || 0)];
  if (hour > 23 || minute > 59) return null;
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/** Return the day after YYYY-MM-DD. */
export function dayAfter(date) {
  return new Date(Date.parse(`${date}T00:00Z`) + 86400000).toISOString().slice(0, 10);
}

/** Return the error of a line as a key of the catalogue, or null.
 *
 * @param {any} line
 * @param {string | undefined} worker Id of the worker.
 * @param {() => { at: string }[]} made Returns the facts of the line. None may be later than `now`.
 * @param {number} now In ms.
 */
export function fault(line, worker, made, now) {
  if (!worker) return "people.line.who";
  if (!line.came.trim() && !line.went.trim()) return "people.line.times";
  if (line.came.trim() && !timeOfDay(line.came)) return "people.line.came";
  if (line.went.trim() && !timeOfDay(line.went)) return "people.line.went";
  if (line.came.trim() && !line.area) return "people.line.area";
  if (made().some(({ at }) => Date.parse(at) > now)) return "people.line.future";
  return null;
}

/** Return the facts of a line: [{name, at, observed, data}].
 *
 * A checkout earlier than the check-in is on the next day. `instant` parses a local YYYY-MM-DDTHH:MM.
 */
export function facts(line, worker, date, instant) {
  const [came, went] = [timeOfDay(line.came), timeOfDay(line.went)];
  const made = [];
  if (came)
    made.push({
      name: "worker.check_in",
      at: instant(`${date}T${came}`),
      observed: true,
      data: { worker, area: line.area },
    });
  if (went) {
    const day = came && went < came ? dayAfter(date) : date;
    made.push({ name: "worker.check_out", at: instant(`${day}T${went}`), observed: true, data: { worker } });
  }
  return made;
}

/** Add ids to facts. A fact sent before keeps its id, so that a retry records nothing twice.
 *
 * `ids` stores them by line and content.
 */
export function identified(line, made, ids, uuid) {
  return made.map((fact) => {
    const text = `${line.key} ${JSON.stringify(fact)}`;
    if (!ids.has(text)) ids.set(text, uuid());
    return { ...fact, id: ids.get(text) };
  });
}

/** Return the worst outcome among the facts of a line: {outcome, code?, values?, detail?}. */
export function outcome(answers) {
  const worst = ["pending", "refused", "accepted", "known", "unchanged"];
  return answers.reduce(
    (found, one) => (!found || worst.indexOf(one.outcome) < worst.indexOf(found.outcome) ? one : found),
    null,
  );
}

/** Parse lines pasted from a sheet: worker or phone, area, in, out. With three columns, there is no area. */
export function pasted(text) {
  return text
    .replace(/^[\r\n]+|[\r\n]+$/g, "")
    .split(/\r?\n/)
    .map((line) => line.split("\t").map((cell) => cell.trim()))
    .map((cells) =>
      cells.length === 3
        ? { who: cells[0], came: cells[1], went: cells[2] }
        : { who: cells[0] ?? "", area: cells[1] ?? "", came: cells[2] ?? "", went: cells[3] ?? "" },
    );
}
