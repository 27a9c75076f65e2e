"""What flows have done outside: one job a file, in threads of a pool, each within its time."""
