"""The code that runs beside student code: standard library and NumPy only, imports nothing but its siblings."""
