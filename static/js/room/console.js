/* The host's console: its elements. */

import "../elements/live-room.js";
import "../elements/live-broadcaster.js";
import "../elements/live-chat.js";
import "../elements/order-ticker.js";
import "../elements/host-console.js";
import "../elements/question-board.js";
import "./tabs.js";
import "./moderation.js";
