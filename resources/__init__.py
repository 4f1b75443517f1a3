"""The program's pictures and other data files."""
