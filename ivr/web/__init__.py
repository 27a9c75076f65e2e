"""EDGE: the control API, health and metrics, over HTTP."""
