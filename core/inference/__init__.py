"""Ways to run the networks over pictures and clips, without keyframes or sessions."""
