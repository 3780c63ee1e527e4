"""What runs a cell as a notebook kernel would, on either side of the wall."""
