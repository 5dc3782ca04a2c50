"""What runs on GitHub and GitLab: the workflows by their linters, the steps by running them here."""
