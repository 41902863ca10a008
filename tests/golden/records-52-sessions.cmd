new weekly --sessions 52 --every "1 week" --duration 30m
schedule ./weekly.toml --start 2026-12-01
