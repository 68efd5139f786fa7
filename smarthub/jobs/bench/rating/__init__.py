"""The rating bench: tariffs of every shape drawn by chance, batch against plain, and its speed."""
