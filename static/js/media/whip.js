// WHIP (RFC 9725) from the browser: one offer, one answer, one address to end it.

const GATHER_MS = 1000;

export class Refused extends Error {
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

/** Resolves once candidates are complete, or after a second: the answerer learns the rest anyway. */
export function gathered(connection) {
  if (connection.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHER_MS);
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The STUN and TURN servers an engine names in its Link header (RFC 9725, 4.6); none if unsure. */
export async function iceServersOf(url, token, signal) {
  try {
    const headers = { Authorization: `Bearer ${token}` }; // MediaMTX tells nobody else
    const response = await fetch(url, { method: "OPTIONS", headers, signal });
    return readLink(response.headers.get("Link") ?? "");
  } catch {
    return [];
  }
}

export function readLink(header) {
  const servers = [];
  for (const [, address, rest] of header.matchAll(/<([^>]+)>((?:\s*;\s*[\w-]+="[^"]*")*)/g)) {
    const words = Object.fromEntries(
      [...rest.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    if (words.rel !== "ice-server") continue;
    const server = { urls: address };
    if (words.username) Object.assign(server, { username: words.username, credential: words.credential });
    servers.push(server);
  }
  return servers;
}

/** POSTs the offer and applies the answer. Returns the session's address, or throws Refused. */
export async function exchange(connection, url, token, signal) {
  await connection.setLocalDescription(await connection.createOffer());
  await gathered(connection);
  const headers = { "Content-Type": "application/sdp" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(url, {
    method: "POST",
    headers,
    body: connection.localDescription.sdp,
    signal,
  });
  if (response.status !== 201) throw new Refused(response.status);
  const session = new URL(response.headers.get("Location"), url).href;
  await connection.setRemoteDescription({ type: "answer", sdp: await response.text() });
  return session;
}

function rank(codec) {
  const name = codec.mimeType.toLowerCase();
  if (name === "video/h264") return codec.sdpFmtpLine?.includes("packetization-mode=1") ? 0 : 1;
  if (name === "video/vp8") return 2;
  return name === "video/rtx" ? 3 : 9;
}

/** H.264 first, so that the engine can pass it through; VP8 stays for browsers without it. */
function preferH264(transceiver) {
  const codecs = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
  const wanted = codecs.filter((codec) => rank(codec) < 9);
  wanted.sort((a, b) => rank(a) - rank(b));
  if (wanted.length && transceiver.setCodecPreferences) transceiver.setCodecPreferences(wanted);
}

/**
 * Publishes a stream. `iceServers` may be empty on a local network.
 * Returns { connection, video, audio, close() }; the senders stay usable for replaceTrack.
 */
export async function publish(url, token, stream, { iceServers = [], maxBitrate, signal } = {}) {
  const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
  const [videoTrack] = stream.getVideoTracks();
  const [audioTrack] = stream.getAudioTracks();
  const video = connection.addTransceiver(videoTrack ?? "video", {
    direction: "sendonly",
    streams: [stream],
    sendEncodings: [maxBitrate ? { maxBitrate } : {}],
  });
  preferH264(video);
  const audio = connection.addTransceiver(audioTrack ?? "audio", {
    direction: "sendonly",
    streams: [stream],
  });
  try {
    const session = await exchange(connection, url, token, signal);
    const close = () => {
      connection.close();
      const headers = token ? { Authorization: `Bearer ${token}` } : {};
      fetch(session, { method: "DELETE", headers, keepalive: true }).catch(() => {});
    };
    return { connection, video: video.sender, audio: audio.sender, close };
  } catch (error) {
    connection.close();
    throw error;
  }
}
