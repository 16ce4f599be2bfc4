// Reads {"state", "events"} from stdin and prints the state the browser would have.
import { readFileSync } from "node:fs";
import { applyEvent, offerAt } from "../../static/js/realtime/reduce.js";

const { state, events, offers } = JSON.parse(readFileSync(0, "utf8"));
const reduced = (events ?? []).reduce(applyEvent, state ?? {});
const priced = (offers ?? []).map(({ card, now }) => offerAt(card, now));
process.stdout.write(JSON.stringify({ state: reduced, offers: priced }));
