"""What staff write into the desk's pages, and how it is refused."""
