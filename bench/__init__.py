"""What the portal costs in time and room, measured on this machine: `make bench`.

    python -m bench [SECTION …]

measures the named sections, or all of them, prints their tables, and writes docs/benchmarks.md with
a chart for each. A section is a module of this package with three things:

- its docstring, which the document shows: what was measured and how;
- `TITLE`, its heading;
- `measure()`, which returns its figures (`bench.figures.Figure`).

`bench.sections` lists them. Machines differ and are busy, so a time is told as a ratio to
something that everybody knows and that is measured within the same run, in turns with what is
measured (`bench.turns`); the same ratio of that thing to itself, the control, tells how far to
trust the others. A figure that misses its aim is shown as missed, with the reason from its section
(`MISSED`, by the figure's name) beneath the table; where its interval has the aim within it, the
verdict is within the noise, and says so. `--render` measures nothing, and writes the document anew.

How much is done, the environment says; without it, as much as the aims speak of:

| Section | Variables |
|---|---|
| start_up | START_TURNS |
| warm | WARM_TURNS |
| sizes | SIZES=1000,100000,1000000 SIZE_TURNS |
| contention | CONTENDERS CONTENTION_RUNS |
| release | RELEASED_DISTRICTS |
| bookings | BOOKINGS BOOKING_TURNS |

A million items take about 2 GB of memory while they stand.
"""
