"""What the pulse study is made of: inputs, models, judging, simulation, tables."""
