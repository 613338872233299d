"""Small layers that decoders share."""
