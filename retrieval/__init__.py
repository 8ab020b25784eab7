"""What a chunk is, how it becomes a vector, where it lives, how it is found and how a prompt is built."""
