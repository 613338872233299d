"""The painter: a window in which trimaps are painted on keyframes, and their mattes seen, corrected and tracked."""
