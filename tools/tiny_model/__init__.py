"""The builder of the small English model that comes with ivr (`ivr/speech/models/en`)."""
