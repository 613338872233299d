"""Keys and values of memory frames, and how query frames read them."""
