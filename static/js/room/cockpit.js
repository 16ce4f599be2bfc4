/* The cockpit on a page of its own. */

import "../elements/live-room.js";
import "../elements/cock-pit.js";
import "../elements/picture-health.js";
