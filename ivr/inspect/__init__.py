"""Know a flow before callers do: check, explore, cover, draw, compare, replay."""
