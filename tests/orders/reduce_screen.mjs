// Reads {"state", "events"} from stdin and prints what the wall would make of them.
import { readFileSync } from "node:fs";
import { applyEvent } from "../../static/js/screen/reduce.js";

const { state, events } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(events.reduce(applyEvent, state)));
