"""What people decide about cases and images, and the queue of what they should look at."""
