"""The catalogue of exercises: data in `content/`, checked strictly and compiled once into an immutable snapshot."""
