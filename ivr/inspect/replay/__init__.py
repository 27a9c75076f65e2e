"""What went into a call, put into a flow again: as a story, or on another version of it."""
