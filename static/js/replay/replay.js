/* The page of a show that is over: its picture, and what followed it then. */

import "../elements/live-room.js";
import "../elements/shelf-list.js";
import "../elements/replay-player.js";
import "../elements/replay-chapters.js";
import "../elements/replay-explained.js";
import "../elements/replay-chat.js";
import "../room/sold-out.js";
