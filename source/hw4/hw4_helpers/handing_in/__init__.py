"""What is ready to hand in, and the zip."""
