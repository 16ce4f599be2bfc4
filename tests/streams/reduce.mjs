// Reads {"state", "events", "offers", "sales"} from stdin and prints what the browser would make of them.
import { readFileSync } from "node:fs";
import { applyEvent, offerAt } from "../../static/js/realtime/reduce.js";
import { phaseAt } from "../../static/js/room/flash.js";

const { state, events, offers, sales } = JSON.parse(readFileSync(0, "utf8"));
const reduced = (events ?? []).reduce(applyEvent, state ?? {});
const priced = (offers ?? []).map(({ card, now }) => offerAt(card, now));
const phases = (sales ?? []).map(({ sale, now }) => phaseAt(sale, now));
process.stdout.write(JSON.stringify({ state: reduced, offers: priced, phases }));
