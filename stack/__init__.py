"""What runs Phoenix for trials and tests: the workload simulator and the real servers around it."""
