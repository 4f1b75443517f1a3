"""The pictures of the program: its scenes, the stage they are played on, and what is in them."""
