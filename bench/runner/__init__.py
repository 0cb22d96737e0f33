"""The parts of `bench/run`: contenders, their processes, the measurements and the tables."""
