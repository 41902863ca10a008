"""The command line: a module a command. Alone reads the clock, prints and sets exit codes."""
