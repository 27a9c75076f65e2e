"""Speech: the prompts that callers hear, and the voices that say them."""
