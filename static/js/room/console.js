/* The host's console: its elements. */

import "../elements/live-room.js";
import "../elements/live-broadcaster.js";
import "../elements/live-chat.js";
import "../elements/order-ticker.js";
import "../elements/host-console.js";
import "../elements/question-board.js";
import "../elements/cock-pit.js";
import "../elements/picture-health.js";
import "../elements/live-player.js";
import "../elements/lucky-draw.js";
import "../elements/count-down.js";
import "./tabs.js";
import "../elements/run-of-show.js";
import "../elements/tele-prompter.js";
import "./moderation.js";
import "./keys.js";
import "./panic.js";
