/* The host's console: its elements. */

import "../elements/live-room.js";
import "../elements/live-broadcaster.js";
import "../elements/live-chat.js";
import "../elements/order-ticker.js";
import "../elements/host-console.js";
import "../elements/question-board.js";
import "./tabs.js";
import "../elements/run-of-show.js";
import "../elements/tele-prompter.js";
import "./moderation.js";
import "./keys.js";
import "./panic.js";
