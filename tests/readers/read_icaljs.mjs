// What ical.js, the parser of Thunderbird and Nextcloud, understands of .ics files.
// node read_icaljs.mjs FOLDER FILE... prints one JSON object for each file, a line each; FOLDER is
// where `npm install ical.js` ran.
import fs from "node:fs";
import { createRequire } from "node:module";

const [folder, ...files] = process.argv.slice(2);
const require = createRequire(fs.realpathSync(folder) + "/package.json");
const ICAL = (await import(require.resolve("ical.js"))).default;
const MOST = 5000;

const moment = (time) =>
  time.isDate || time.zone.tzid === "floating"
    ? time.toString()
    : new Date(time.toUnixTime() * 1000).toISOString().replace(".000", "");

function checked(component) {
  for (const property of component.getAllProperties()) {
    if (property.type !== "date-time" && property.type !== "date") continue;
    // ical.js keeps impossible dates: normalizing must change nothing.
    const time = property.getFirstValue();
    const normal = time.clone();
    normal.adjust(0, 0, 0, 0);
    if (normal.toString() !== time.toString()) throw new Error(`${property.name}: no date ${time}`);
  }
}

function alarm(component) {
  const trigger = component.getFirstPropertyValue("trigger");
  if (!trigger?.toSeconds) throw new Error(`TRIGGER is no duration: ${trigger}`);
  return [trigger.toSeconds(), component.getFirstPropertyValue("description")];
}

function days(event) {
  if (!event.isRecurring()) return null;
  const found = [];
  const iterator = event.iterator();
  for (let next; (next = iterator.next()) && found.length < MOST; ) found.push(next.toString());
  return found;
}

function read(component) {
  checked(component);
  const event = new ICAL.Event(component);
  const value = (name) => component.getFirstPropertyValue(name);
  return {
    uid: event.uid,
    summary: event.summary ?? "",
    description: event.description ?? "",
    location: event.location ?? "",
    start: moment(event.startDate),
    end: moment(event.endDate),
    allday: event.startDate.isDate,
    sequence: event.sequence,
    status: value("status"),
    class: value("class"),
    transp: value("transp"),
    categories: component.getFirstProperty("categories")?.getValues() ?? [],
    alarms: component.getAllSubcomponents("valarm").map(alarm),
    days: days(event),
  };
}

function events(file) {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const root = new ICAL.Component(ICAL.parse(decoder.decode(fs.readFileSync(file))));
  if (Array.isArray(root.jCal[0])) throw new Error("more than one calendar");
  if (root.name !== "vcalendar") throw new Error(`no calendar, but ${root.name}`);
  return root.getAllSubcomponents("vevent").map(read);
}

for (const file of files) {
  const found = { file, fault: null, events: [] };
  try {
    found.events = events(file);
  } catch (error) {
    found.fault = String(error);
  }
  console.log(JSON.stringify(found));
}
