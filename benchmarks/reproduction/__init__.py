"""The documents' networks trained anew: one module for each document, and the data that they need."""

import os

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"  # before NumPy is loaded: sums then come out the same on any number of cores
