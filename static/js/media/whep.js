// WHEP: the picture without HLS' second and a half, for the host's own preview.

import { exchange } from "./whip.js";

/** Plays `url` (the token is in it) in `video`. Returns { connection, close() }. */
export async function watch(url, video, { iceServers = [], signal } = {}) {
  const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
  const stream = new MediaStream();
  connection.addEventListener("track", (event) => stream.addTrack(event.track));
  connection.addTransceiver("video", { direction: "recvonly" });
  connection.addTransceiver("audio", { direction: "recvonly" });
  try {
    const session = await exchange(connection, url, "", signal);
    video.srcObject = stream;
    const close = () => {
      connection.close();
      video.srcObject = null;
      fetch(session, { method: "DELETE", keepalive: true }).catch(() => {});
    };
    return { connection, close };
  } catch (error) {
    connection.close();
    throw error;
  }
}
