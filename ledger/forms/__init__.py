"""Forms of the treasurer: money and books, and bank statements."""
