// What a room leaves for the next page of the same tab, so that its show can go on there.

const NAME = "mini-show";
const OLDEST_MS = 6 * 3600_000;

/** {room, renew, title, rung}: the room's address, where fresh media addresses are, and how. */
export function leaveNote(note) {
  sessionStorage.setItem(NAME, JSON.stringify({ ...note, at: Date.now() }));
}

export function forgetNote() {
  sessionStorage.removeItem(NAME);
}

export function readNote() {
  try {
    const note = JSON.parse(sessionStorage.getItem(NAME));
    const isGood = note && Date.now() - note.at < OLDEST_MS && note.renew && note.room;
    return isGood ? note : null;
  } catch {
    return null;
  }
}
