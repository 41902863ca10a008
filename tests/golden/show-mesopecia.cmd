show mesopecia -f markdown
