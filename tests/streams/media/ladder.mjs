// Runs the ladder's rules over a told story: stdin {options, seconds: [flow | {do, with}]}, one
// entry a second; stdout: what changed when.

import { readFileSync } from "node:fs";
import { Ladder, hintsOf } from "../../../static/js/media/ladder.js";

const { options, story, connection } = JSON.parse(readFileSync(0, "utf8"));
if (connection !== undefined) {
  console.log(JSON.stringify(hintsOf(connection)));
} else {
  const ladder = new Ladder(options);
  const said = [];
  let second = 0;
  let offered = null;
  for (const [flow, seconds] of story) {
    if (typeof flow !== "string") {
      ladder[flow.do](...(flow.with ?? []), second * 1000);
      said.push([second, flow.do, ladder.rung]);
      continue;
    }
    for (let end = second + seconds; second < end; second++) {
      const { step, offer } = ladder.observe(flow, second * 1000);
      if (step) said.push([second, step.why, step.to]);
      if (offer !== offered) said.push([second, "offer", offer]);
      offered = offer;
    }
  }
  console.log(JSON.stringify({ said, rung: ladder.rung, choice: ladder.choice }));
}
