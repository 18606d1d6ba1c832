"""The benchmarks: one module for each ID, in which `measure()` gives ratio, goal, ok and figures."""
