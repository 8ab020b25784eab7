"""What the chat needs beside answers: one in progress, changes of what was said, meter, suggestions, hand-off."""
