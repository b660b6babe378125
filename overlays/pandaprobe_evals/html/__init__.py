"""HTML as values: elements, tables, figures, and what a notebook shows of a verdict, a comparison or results."""
