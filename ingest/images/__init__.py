"""Images: decoded in a child process with limits, kept under the digest of their content, near copies found."""
