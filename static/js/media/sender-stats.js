// What goes out of the host's browser, read from WebRTC's own statistics.

/** Returns a function that reads the connection and gives the figures since its last call. */
export function senderStats(connection) {
  let before = null;
  return async () => {
    const figures = { kbps: 0, width: 0, height: 0, fps: 0, rttMs: null, lostPercent: null };
    const report = await connection.getStats();
    const now = { at: performance.now(), bytes: 0, sent: 0, lost: 0 };
    for (const entry of report.values()) {
      if (entry.type === "outbound-rtp") {
        now.bytes += entry.bytesSent ?? 0;
        if (entry.kind === "video") {
          now.sent = entry.packetsSent ?? 0;
          figures.width = entry.frameWidth ?? 0;
          figures.height = entry.frameHeight ?? 0;
          figures.fps = entry.framesPerSecond ?? 0;
          figures.limitedBy = entry.qualityLimitationReason ?? "none";
        }
      } else if (entry.type === "remote-inbound-rtp" && entry.kind === "video") {
        now.lost = entry.packetsLost ?? 0;
        if (entry.roundTripTime !== undefined) figures.rttMs = Math.round(entry.roundTripTime * 1000);
      } else if (entry.type === "candidate-pair" && entry.availableOutgoingBitrate) {
        figures.lineKbps = Math.round(entry.availableOutgoingBitrate / 1000); // what it could carry
      }
    }
    if (before) {
      figures.kbps = Math.round(((now.bytes - before.bytes) * 8) / (now.at - before.at));
      const sent = now.sent - before.sent;
      if (sent > 0) {
        const lost = ((now.lost - before.lost) * 100) / sent;
        figures.lostPercent = Math.round(Math.max(0, lost) * 10) / 10;
      }
    }
    before = now;
    return figures;
  };
}
