"""The line: SIP calls as events and effects.  Only modules in here import pjsua2."""
