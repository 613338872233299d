"""Everything that needs ground truth: data, losses, metrics, the training loop and its recipes."""
