/** The server's clock, for countdowns on a machine whose own clock is wrong. */

const told = Number(document.querySelector("[server-now]")?.getAttribute("server-now"));
const offset = told ? told - Date.now() : 0;

/** Epoch milliseconds as the server would say. */
export const serverNow = () => Date.now() + offset;
