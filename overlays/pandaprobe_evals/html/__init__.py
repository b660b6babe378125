"""HTML as values: elements, tables, figures, and what notebooks show."""
