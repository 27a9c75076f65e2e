"""The prompts of a project, looked at as a whole."""
