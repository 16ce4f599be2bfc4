"""Live media: one protocol, two engines (our embedded one and MediaMTX) behind it."""
