"""Optical flow: the parts of the flow networks, and what is made of a flow field."""
