"""Layers that turn a coarse matte into a fine one."""
