"""How a language model is spoken to, and kept to limits of time and length."""
