"""What people decide about cases and pictures, and the queue of what they should look at."""
