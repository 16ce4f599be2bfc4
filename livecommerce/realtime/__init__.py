"""The room hub: one frame for every socket of a room. It knows no stream and no product."""
