"""Running the whole desk: its processes, the demo, the simulation, tables of the terminal."""
