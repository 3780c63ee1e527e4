"""A course's folder and gradebook, as every front end that grades a class writes them."""
