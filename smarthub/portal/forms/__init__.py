"""What members write into pages, and how it is refused."""
