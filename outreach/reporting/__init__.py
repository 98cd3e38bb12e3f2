"""Turn plans, summaries and deliveries into tables, CSV, JSON and a page to look at."""
